import type { Mark } from "./marks";
import type { Point } from "./protocol";
import { LogScale } from "./scale";
import type { Drawing } from "./outcome-columns";
import { Letters, shape } from "./svg";
import { seconds } from "./labels";

const HEIGHT = 250;
const BOTTOM = 36;
const TOP = 18;
const LABEL_PX = 11;

/** What renders took, against the length of their films; each is a point. */
export function drawScatter(where: HTMLElement, width: number, points: Point[], pick: (id: string) => void): Drawing {
  const letters = new Letters(where, LABEL_PX);
  const sorted = [...points].sort((a, b) => a.length_s - b.length_s || a.render_s - b.render_s);
  const y = new LogScale(sorted.map(({ render_s }) => render_s), HEIGHT - BOTTOM, TOP);
  const left = Math.ceil(Math.max(...y.ticks.map((tick) => letters.width(seconds(tick))))) + 8;
  const x = new LogScale(sorted.map(({ length_s }) => length_s), left, width - 6);
  const svg = shape("svg", { width, height: HEIGHT, class: "bzd-svg" });
  for (const tick of y.ticks) {
    const at = Math.round(y.at(tick)) + 0.5;
    svg.append(
      shape("line", { x1: left, x2: width - 6, y1: at, y2: at, class: "bzd-grid" }),
      shape("text", { x: left - 6, y: at + 4, class: "bzd-tick", "text-anchor": "end" }, seconds(tick)),
    );
  }
  let end = -Infinity;
  for (const tick of x.ticks) {
    const half = letters.width(seconds(tick)) / 2;
    const at = Math.min(x.at(tick), width - half - 1);
    if (at - half < end + 8) continue;
    end = at + half;
    svg.append(shape("text", { x: at, y: HEIGHT - BOTTOM + 15, class: "bzd-tick", "text-anchor": "middle" }, seconds(tick)));
  }
  svg.append(
    shape("text", { x: 0, y: 10, class: "bzd-tick" }, "render time"),
    shape("text", { x: width - 6, y: HEIGHT - 4, class: "bzd-tick", "text-anchor": "end" }, "film length"),
  );
  const marks: Mark[] = sorted.map(({ id, label, length_s, render_s }) => {
    const node = shape(
      "g",
      {},
      shape("circle", { cx: x.at(length_s), cy: y.at(render_s), r: 8, class: "bzd-hit" }),
      shape("circle", { cx: x.at(length_s), cy: y.at(render_s), r: 3.5, class: "bzd-point bzd-shown bzd-spot" }),
    );
    svg.append(node);
    const text = `${label}: ${seconds(length_s)} of film in ${seconds(render_s)}`;
    return { node, key: id, group: 0, text, pressed: false, pick: () => pick(id) };
  });
  return { svg, marks };
}
