"""Widgets forgotten on the way to the kernel: JupyterLab deletes their shell, anywidget gives them up."""

from __future__ import annotations

from tests.lab.conftest import Notebooks
from tests.lab.films import COUNTING, FILM, eventually, number_in, picture_of, wait_frame
from tests.lab.jupyter import Lab

# Deletes each second shell as soon as it is there, which JupyterLab is told of only then. What widgets send
# is kept: which of it names a shell that isn't there.
DELETE = """
() => {
    const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
    const seen = (window.seen = { deleted: [], sent: 0 });
    kernel.anyMessage.connect((_, { msg, direction }) => {
        if (direction === 'send' && seen.deleted.includes(msg.header.subshell_id)) seen.sent++;
    });
    const create = kernel.requestCreateSubshell?.bind(kernel);
    if (!create) return false;
    kernel.requestCreateSubshell = (...args) => {
        const future = create(...args);
        const done = future.done.then(async reply => {
            const { subshell_id } = reply.content;
            await kernel.requestDeleteSubshell({ subshell_id }).done;
            seen.deleted.push(subshell_id);
            return reply;
        });
        Object.defineProperty(future, 'done', { value: done });
        return future;
    };
    return true;
}
"""

OTHERS = """
job = film.submit("film.mp4", quality="low")
panel = bz.ExportPanel(film)
dashboard = bz.HistoryDashboard()
tuned = bz.tune(counting, fill=["#204060", "#a02020"], film_width=640, film_height=360)
from IPython.display import display
for shown in (job, panel, dashboard, tuned):
    display(shown)
"""


def sent_in_vain(lab: Lab) -> int:
    """Give how many messages went to a shell that isn't there."""
    sent: int = lab.page.evaluate("() => window.seen.sent")
    return sent


def test_widgets_live_without_their_shell(notebooks: Notebooks) -> None:
    lab = notebooks.open("shells", COUNTING, FILM, OTHERS)
    lab.run(0)
    has_shells = lab.page.evaluate(DELETE)
    lab.run(1)
    player = lab.player(1)
    wait_frame(player, 0)
    player.focus()
    lab.page.keyboard.press("End")
    wait_frame(player, 239)
    assert number_in(picture_of(player)) == 239
    eventually(lambda: lab.run_source("print(player.frame)").strip() == "239")

    lab.run(2)
    output = lab.cell(2)
    for live in (".bazaar-panel:not(.bazaar-dashboard)", ".bazaar-dashboard"):
        output.locator(f"{live}[data-state=live]").first.wait_for()
    output.locator(".bazaar-panel[data-state=live]").nth(2).wait_for()
    output.locator(".bzp-job[data-status=succeeded]").nth(1).wait_for()  # in the job's view and in the panel
    tuned = output.locator(".bazaar-player")
    wait_frame(tuned, 0)
    # A control's second word is the first that ipykernel would send to the shell which is named.
    for fill in ("#a02020", "#204060", "#a02020"):
        output.locator("select").last.select_option(fill)
        eventually(lambda fill=fill: lab.run_source("print(tuned.values['fill'])").strip() == fill)  # type: ignore[misc]
    assert (sent_in_vain(lab) > 0) is has_shells


DEAF = """
other = bz.Player(film, width=320)
other.on_msg(other._take, remove=True)
other
"""


def test_a_player_that_is_not_heard_says_so_until_it_is(notebooks: Notebooks) -> None:
    lab = notebooks.open("deaf", COUNTING, FILM, DEAF)
    for cell in range(3):
        lab.run(cell)
    wait_frame(lab.player(1), 0)
    other = lab.player(2)
    other.get_by_text("The kernel is there, but this player gets no answer from it").wait_for()
    lab.run_source("other.on_msg(other._take)")
    wait_frame(other, 0)
    assert "no answer" not in other.inner_text()


# anywidget waits two seconds for a widget's module: here no module is ever in time.
LATE = """
() => {
    window.waited = 0;
    AbortSignal.timeout = () => {
        window.waited++;
        const late = new AbortController();
        queueMicrotask(() => late.abort());
        return late.signal;
    };
}
"""


def test_widgets_whose_module_comes_late_hear_the_kernel(notebooks: Notebooks) -> None:
    lab = notebooks.open("late", COUNTING, FILM, "bz.HistoryDashboard()")
    lab.page.evaluate(LATE)
    for cell in range(3):
        lab.run(cell)
    player = lab.player(1)
    wait_frame(player, 0)
    lab.run_source("player.frame = 100")
    wait_frame(player, 100)
    player.focus()
    lab.page.keyboard.press("End")
    wait_frame(player, 239)
    eventually(lambda: lab.run_source("print(player.frame)").strip() == "239")
    lab.cell(2).locator(".bazaar-dashboard[data-state=live]").first.wait_for()
    assert lab.late_modules == lab.page.evaluate("() => window.waited")  # old versions don't wait
