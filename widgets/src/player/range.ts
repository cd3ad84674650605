/** In and out points, half-open; null is the whole film. */
export type Range = [number, number] | null;

/** Set an in or an out point; the other one gives way where they would cross. */
export function withMark(range: Range, frames: number, which: "in" | "out", frame: number): Range {
  const [start, stop] = range ?? [0, frames];
  const marked: Range =
    which === "in"
      ? [frame, frame < stop ? stop : frames]
      : [start <= frame ? start : 0, frame + 1];
  return tidy(marked, frames);
}

export function withoutMark(range: Range, frames: number, which: "in" | "out" | "both"): Range {
  if (!range || which === "both") return null;
  return tidy(which === "in" ? [0, range[1]] : [range[0], frames], frames);
}

function tidy(range: [number, number], frames: number): Range {
  return range[0] <= 0 && range[1] >= frames ? null : range;
}
