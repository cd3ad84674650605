import "./preview.css";
import { element, put, say } from "./dom";
import { Connection } from "./preview/connection";
import type { PageModel } from "./preview/model";
import { widgetOf } from "./preview/widget-code";

/** The page of `bazaar preview`: a player, what it plays, and what became of the last edit. */
const title = element("h1", "bzw-title");
const source = element("code", "bzw-source");
const status = element("p", "bzw-status", { role: "status" });
const place = element("div", "bzw-player");
const ended = element("p", "bzw-ended", { role: "alert", hidden: true });
document.body.replaceChildren(
  element("main", "bzw-page", {}, place, ended, element("header", "bzw-about", {}, title, source, status)),
);

let shown: PageModel | null = null;

const connection = new Connection(location.hash.slice(1), {
  page({ model, ...about }) {
    say(title, about.title ?? "");
    say(source, about.source ?? "");
    say(status, about.status ?? "");
    document.title = about.title ? `${about.title} – preview` : "Preview";
    if (model) void show(model);
  },
  state(state) {
    place.inert = state !== "open";
    put(place, "data-state", state);
    ended.hidden = state === "open" || state === "opening";
    if (state === "refused") say(ended, "This page is of an earlier preview: open the address that is printed now.");
    if (state === "lost") say(ended, "The preview has ended. Run `bazaar preview` again, and open its address.");
  },
});

async function show(id: string): Promise<void> {
  const model = await connection.get_model(id);
  if (model === shown) return;
  shown = model;
  const widget = await widgetOf(model.get("_esm") as string);
  const el = element("div", "");
  place.replaceChildren(element("style", "", {}, model.get("_css") as string), el);
  await widget.render({ model, el });
}
