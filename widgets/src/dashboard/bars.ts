import type { Mark } from "./marks";
import type { Drawing } from "./outcome-columns";
import { Letters, shape } from "./svg";

const ROW = 36;
const BAR = 11;
const LETTERS_PX = 12;

export interface Row {
  key: string;
  label: string;
  /** How long the bar is. */
  value: number;
  /** What is said at its end. */
  said: string;
  /** What the tip says more. */
  more: string;
  pressed: boolean;
  pick: () => void;
}

/** Bars below each other, each with its name above it and its value at the right: there is room for both. */
export function drawBars(where: HTMLElement, width: number, rows: Row[], most = 0): Drawing {
  const letters = new Letters(where, LETTERS_PX);
  const svg = shape("svg", { width, height: rows.length * ROW + 4, class: "bzd-svg" });
  const top = Math.max(most, ...rows.map(({ value }) => value)) || 1;
  const marks: Mark[] = rows.map((row, place) => {
    const y = place * ROW + 2;
    const label = letters.cut(row.label, width - letters.width(row.said) - 16);
    const node = shape(
      "g",
      {},
      shape("rect", { x: 0, y, width, height: ROW - 2, class: "bzd-hit bzd-spot" }),
      shape("text", { x: 2, y: y + 13, class: "bzd-label" }, label),
      shape("text", { x: width - 2, y: y + 13, class: "bzd-value", "text-anchor": "end" }, row.said),
      shape("rect", { x: 2, y: y + 19, width: width - 4, height: BAR, rx: 2, class: "bzd-track" }),
      shape("rect", { x: 2, y: y + 19, width: Math.max(2, ((width - 4) * row.value) / top), height: BAR, rx: 2, class: "bzd-fill bzd-shown" }),
    );
    svg.append(node);
    const text = `${row.label}: ${row.said}${row.more ? ` (${row.more})` : ""}`;
    return { node, key: row.key, group: 0, text, pressed: row.pressed, pick: row.pick };
  });
  return { svg, marks };
}
