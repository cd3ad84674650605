import type { Mark } from "./marks";
import type { Bar, Outcomes } from "./protocol";
import { countTicks } from "./scale";
import { Letters, shape } from "./svg";
import { count, figure, statusWord } from "./labels";

const HEIGHT = 210;
const BOTTOM = 20;
const TOP = 10;
const LABEL_PX = 11;

export interface Drawing {
  svg: SVGSVGElement;
  marks: Mark[];
}

/** Columns over time, in each the statuses on top of each other. */
export function drawOutcomes(
  where: HTMLElement,
  width: number,
  outcomes: Outcomes,
  chosen: Bar | null,
  pick: (bar: Bar) => void,
): Drawing {
  const { series, columns, step } = outcomes;
  const letters = new Letters(where, LABEL_PX);
  const totals = columns.map(({ counts }) => counts.reduce((sum, one) => sum + one, 0));
  const ticks = countTicks(Math.max(1, ...totals), 4);
  const most = ticks.at(-1) as number;
  const left = Math.ceil(Math.max(...ticks.map((tick) => letters.width(figure(tick))))) + 8;
  const room = width - left - 2;
  const wide = room / Math.max(1, columns.length);
  const y = (value: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most);
  const svg = shape("svg", { width, height: HEIGHT, class: "bzd-svg" }, patterns(series.map(([status]) => status)));
  for (const tick of ticks) {
    svg.append(
      shape("line", { x1: left, x2: width - 2, y1: Math.round(y(tick)) + 0.5, y2: Math.round(y(tick)) + 0.5, class: "bzd-grid" }),
      shape("text", { x: left - 6, y: y(tick) + 4, class: "bzd-tick", "text-anchor": "end" }, figure(tick)),
    );
  }
  svg.append(...timeLabels(columns.map(({ label }) => axisLabel(label, step)), left, wide, letters));
  const marks: Mark[] = [];
  columns.forEach(({ key, label, counts }, place) => {
    const total = totals[place] as number;
    if (!total) return;
    const gap = wide > 6 ? Math.min(10, wide * 0.22) : wide > 3 ? 1 : 0;
    const [x, across] = [left + place * wide + gap / 2, Math.max(1, wide - gap)];
    const isPart = (part: string | null): boolean =>
      chosen?.chart === "outcomes" && chosen.key === key && chosen.series === part;
    const bar = (part: string | null): Bar => ({ chart: "outcomes", key, series: part });
    const whole = shape(
      "g",
      {},
      shape("rect", { x: left + place * wide, y: TOP, width: wide, height: y(0) - TOP, class: "bzd-hit" }),
      shape("rect", { x: x - 1.5, y: y(total) - 1.5, width: across + 3, height: y(0) - y(total) + 1.5, class: "bzd-ring bzd-shown bzd-spot" }),
    );
    svg.append(whole);
    marks.push({
      node: whole, key, group: place, text: `${label}: ${count(total)}`, pressed: isPart(null), pick: () => pick(bar(null)),
    });
    let below = 0;
    series.forEach(([status], rank) => {
      const value = counts[rank] ?? 0;
      if (!value) return;
      const [top, bottom] = [y(below + value), y(below)];
      below += value;
      const node = shape("g", {}, shape("rect", {
        x, y: top, width: across, height: Math.max(1, bottom - top - (bottom - top > 4 ? 1 : 0)), class: "bzd-bar bzd-shown bzd-spot",
        fill: `url(#${patternId(svg, status)})`,
      }));
      svg.append(node);
      const text = `${label}: ${figure(value)} ${statusWord(status).toLowerCase()} of ${count(total)}`;
      marks.push({
        node, key: `${key} ${status}`, group: place, text, pressed: isPart(status), pick: () => pick(bar(status)),
      });
    });
  });
  return { svg, marks };
}

/** A small square that looks as the status does in the chart. */
export function swatch(status: string): SVGSVGElement {
  const svg = shape("svg", { width: 12, height: 12, class: "bzd-swatch", "aria-hidden": "true" }, patterns([status]));
  svg.append(shape("rect", { x: 0.5, y: 0.5, width: 11, height: 11, rx: 2, class: "bzd-bar", fill: `url(#${patternId(svg, status)})` }));
  return svg;
}

let drawn = 0;

/** Colours with lines on them: who does not see the colours sees those. */
function patterns(statuses: string[]): SVGDefsElement {
  const id = `bzd-${++drawn}`;
  const made = statuses.map((status) =>
    shape(
      "pattern",
      { id: `${id}-${status.replace(/\W/g, "-")}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" },
      shape("rect", { width: 6, height: 6, style: `fill: var(--bzd-${status.replace(/\W/g, "-")}, var(--bzp-soft))` }),
      ...(LINES[status] ?? []).map((path) => shape("path", { d: path, class: "bzd-hatch" })),
    ),
  );
  return shape("defs", { "data-id": id }, ...made);
}

const LINES: Record<string, string[]> = {
  failed: ["M-1 1 1 -1M0 6 6 0M5 7 7 5"],
  lost: ["M0 0 6 6M0 6 6 0"],
  cancelled: ["M0 3H6"],
  started: ["M3 0V6"],
  queued: ["M1 1h1v1h-1zM4 4h1v1h-1z"],
};

function patternId(svg: SVGSVGElement, status: string): string {
  return `${svg.querySelector("defs")?.dataset.id}-${status.replace(/\W/g, "-")}`;
}

function axisLabel(label: string, step: string): string {
  if (step === "hour") return label.endsWith(", 00:00") ? (label.split(",")[0] as string) : (label.split(", ")[1] as string);
  return label.split(" to ")[0] as string;
}

/** As many labels as there is room for. */
function timeLabels(labels: string[], left: number, wide: number, letters: Letters): SVGTextElement[] {
  const room = Math.max(0, ...labels.map((label) => letters.width(label))) + 14;
  const every = Math.max(1, Math.ceil(room / wide));
  const end = left + labels.length * wide;
  return labels.flatMap((label, place) => {
    if (place % every) return [];
    const half = letters.width(label) / 2;
    const middle = left + (place + 0.5) * wide;
    if (middle + half > end + 2 && place > 0) return [];
    const x = Math.max(left + half, middle);
    return [shape("text", { x, y: HEIGHT - 5, class: "bzd-tick", "text-anchor": "middle" }, label)];
  });
}
