"""The browser side of the widgets, which the package's build makes of ``widgets/src``."""

from __future__ import annotations

import re
from hashlib import blake2b
from pathlib import Path
from typing import Any

from bazaar_nb.errors import MissingLibraryError

_STATIC = Path(__file__).parent.parent / "static"

# A browser keeps every module that it imports, and JupyterLab the state of every widget that it has shown. So
# what each widget brings along is small: the first of a page asks for the code, for all of them. Whoever
# waits for it too long asks as well: the first may be closed by then.
#
# A newer anywidget waits two seconds for this module. On a busy machine it may come later: then
# anywidget shows the widget, but drops all that the kernel says to it, for ever. `listen` notices that with a
# message that says nothing, and has the widget hear as it does in ipywidgets, whose `_handle_comm_msg`
# anywidget's waits in front of. What was dropped meanwhile is in the state that it asks for.
_LOADER = """
const name = "bazaar_nb/{name}/{digest}";
const fresh = () => {{
  const page = {{ asked: false }};
  page.code = new Promise((done) => (page.arrived = done));
  return page;
}};
const ask = (page, model) => {{
  const view = "code-" + Math.random().toString(36).slice(2);
  const send = () => {{
    try {{
      model.send({{ kind: "code", id: 1, view }});
    }} catch {{
      clearInterval(again); // it is closed
    }}
  }};
  const again = setInterval(send, 3000);
  const hear = (content, buffers) => {{
    if (content.view === view) page.arrived(buffers[0]);
  }};
  model.on("msg:custom", hear);
  page.code.then(() => {{
    clearInterval(again);
    model.off("msg:custom", hear);
  }});
  if (!page.asked) send();
  page.asked = true;
}};
const run = (code) => {{
  const address = URL.createObjectURL(new Blob([code], {{ type: "text/javascript" }}));
  return import(address).finally(() => URL.revokeObjectURL(address));
}};
const listen = async (model) => {{
  const own = await model.widget_manager.get_model(model.get("fallback"));
  const handle = "_handle_comm_msg";
  try {{
    await own[handle]({{ content: {{ data: {{ method: "" }} }}, buffers: [] }});
  }} catch {{
    let kind = own;
    while (kind[handle] === own[handle]) kind = Object.getPrototypeOf(kind);
    own.comm.on_msg(kind[handle].bind(own));
    own.comm.send({{ method: "request_state" }}, {{}});
  }}
}};
const load = async ({{ model }}) => {{
  const page = (globalThis[name] ??= fresh());
  listen(model).catch(() => {{}}); // elsewhere models have no manager, other ids, or are waited for
  ask(page, model);
  page.module ??= page.code.then(run).catch((error) => {{
    delete globalThis[name];
    throw error;
  }});
  return (await page.module).default;
}};
export default {{
  render: async (context) => {{
    const say = (text) => (context.el.textContent = text);
    const late = setTimeout(say, 15000, "No kernel answers yet: if this stays, run the cell again.");
    const widget = await load(context).finally(() => clearTimeout(late));
    say("");
    return widget.render(context);
  }},
}};
"""
_VIEW = re.compile(r"code-[a-z0-9]{1,20}")


def bundled(name: str) -> str:
    """Give a bundled file; an empty text where the package was not built, so that importing works."""
    path = _STATIC / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def loader(name: str) -> str:
    """Give the module that asks for a widget's code, once a page.

    Parameters
    ----------
    name : str
        Of the bundled file.
    """
    digest = blake2b(bundled(name).encode(), digest_size=8).hexdigest()
    return _LOADER.format(name=name, digest=digest)


def answer_code(content: object, name: str) -> tuple[dict[str, Any], list[bytes]] | None:
    """Answer a loader that asks for a widget's code; None when that is not what was asked for."""
    if not isinstance(content, dict) or content.keys() != {"kind", "id", "view"}:
        return None
    view = content["view"]
    if content["kind"] != "code" or not isinstance(view, str) or not _VIEW.fullmatch(view):
        return None
    return {"kind": "reply", "id": 1, "view": view}, [bundled(name).encode()]


def check_bundle() -> None:
    """Make sure that the browser side is there.

    Raises
    ------
    MissingLibraryError
        If it was never built, with the command that does.
    """
    if not (_STATIC / "player.js").is_file():
        raise MissingLibraryError(
            "the browser side of the player is not built: this is a checkout without it; "
            "run `pip install -e .` in it"
        )
