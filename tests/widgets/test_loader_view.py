"""What widgets ask for their code with, in a real browser."""

from __future__ import annotations

import pytest

from bazaar_nb.widgets.bundle import loader
from tests.widgets.bench import Bench

CODE = "export default { render: ({ el }) => { el.textContent = 'here'; } };"

# Widgets as anywidget makes them: each imports the loader by itself, and has a comm of its own.
WIDGETS = """
(source) => {
    window.widgets = [];
    window.add = async () => {
        const listeners = new Set();
        const widget = { sent: [], closed: false, el: document.createElement('p'), listeners };
        const model = {
            send: (content) => {
                if (widget.closed) throw new Error('Cannot send');
                widget.sent.push(content);
            },
            on: (_, listener) => listeners.add(listener),
            off: (_, listener) => listeners.delete(listener),
            get: () => 'its own',
            widget_manager: { get_model: async (id) => (id === 'its own' ? window.own : undefined) },
        };
        widgets.push(widget);
        const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
        const { default: made } = await import(address);
        URL.revokeObjectURL(address);
        void made.render({ model, el: widget.el });
    };
    window.answer = (widget, code) => {
        const bytes = new DataView(new TextEncoder().encode(code).buffer);
        for (const hear of [...widget.listeners]) hear({ ...widget.sent.at(-1), kind: 'reply' }, [bytes]);
    };
}
"""


@pytest.fixture
def widgets(bench: Bench) -> Bench:
    bench.page.clock.install()
    bench.js(WIDGETS, loader("player.js"))
    return bench


def sent(bench: Bench) -> list[int]:
    counts: list[int] = bench.js("() => widgets.map(({ sent }) => sent.length)")
    return counts


def test_the_first_asks_for_all_of_a_page(widgets: Bench) -> None:
    for _ in range(3):
        widgets.js("() => add()")
    assert sent(widgets) == [1, 0, 0]
    widgets.js("code => answer(widgets[0], code)", CODE)
    widgets.until("() => widgets.every(({ el }) => el.textContent === 'here')")
    widgets.js("() => add()")
    widgets.until("() => widgets[3].el.textContent === 'here'")
    widgets.page.clock.run_for(10_000)
    assert sent(widgets) == [1, 0, 0, 0]
    assert widgets.js("() => widgets.map(({ listeners }) => listeners.size)") == [0] * 4


def test_what_is_lost_is_asked_again(widgets: Bench) -> None:
    widgets.js("() => add()")
    widgets.page.clock.run_for(3_100)
    assert sent(widgets)[0] >= 2
    widgets.page.clock.run_for(13_000)
    told = "No kernel answers yet: if this stays, run the cell again."
    assert widgets.js("() => widgets[0].el.textContent") == told
    widgets.js("code => answer(widgets[0], code)", CODE)
    widgets.until("() => widgets[0].el.textContent === 'here'")


def test_the_others_ask_where_the_first_is_closed(widgets: Bench) -> None:
    for _ in range(2):
        widgets.js("() => add()")
    widgets.js("() => { widgets[0].closed = true; }")
    widgets.page.clock.run_for(3_100)
    assert sent(widgets)[0] == 1
    assert sent(widgets)[1] >= 1
    widgets.js("code => answer(widgets[1], code)", CODE)
    widgets.until("() => widgets[1].el.textContent === 'here'")


def test_code_that_is_broken_is_asked_for_anew(widgets: Bench) -> None:
    widgets.js("() => add()")
    widgets.js("() => window.addEventListener('unhandledrejection', (event) => event.preventDefault())")
    widgets.js("() => answer(widgets[0], 'export default {')")
    widgets.until("() => !Object.keys(globalThis).some((name) => name.startsWith('bazaar_nb/'))")
    widgets.js("() => add()")
    widgets.js("code => answer(widgets[1], code)", CODE)
    widgets.until("() => widgets[1].el.textContent === 'here'")


# What ipywidgets makes, and in front of it what anywidget does where the module was late.
DEAF = """
() => {
    class Model {
        heard = [];
        async _handle_comm_msg({ content: { data } }) { this.heard.push(data.method); }
    }
    class AnyModel extends Model {
        async _handle_comm_msg(message) { throw new Error('Failed to initialize model'); }
    }
    window.own = new (class extends AnyModel {})();
    own.asked = [];
    own.comm = { on_msg: (handle) => (own.handle = handle), send: ({ method }) => own.asked.push(method) };
}
"""


def test_a_widget_that_was_given_up_hears_again(widgets: Bench) -> None:
    widgets.js(DEAF)
    widgets.js("() => add()")
    widgets.until("() => widgets[0].sent.length === 1")
    assert widgets.js("() => own.asked") == ["request_state"]
    widgets.js("() => own.handle({ content: { data: { method: 'update' } }, buffers: [] })")
    assert widgets.js("() => own.heard") == ["update"]


def test_a_manager_that_knows_no_such_model_holds_nothing_up(widgets: Bench) -> None:
    widgets.js("() => { window.own = new Promise(() => {}); }")  # it waits for the model for ever
    widgets.js("() => add()")
    widgets.until("() => widgets[0].sent.length === 1")
    widgets.js("code => answer(widgets[0], code)", CODE)
    widgets.until("() => widgets[0].el.textContent === 'here'")
