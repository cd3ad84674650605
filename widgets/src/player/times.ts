/** Frames and the seconds of the media element; exact, because a frame is asked for by its middle. */
export class Times {
  readonly fps: number;

  constructor(
    readonly num: number,
    readonly den: number,
  ) {
    this.fps = num / den;
  }

  /** The second at which a frame begins. */
  start(frame: number): number {
    return (frame * this.den) / this.num;
  }

  /** The second in a frame's middle: a seek to there shows this frame, whatever is rounded on the way. */
  middle(frame: number): number {
    return ((frame + 0.5) * this.den) / this.num;
  }

  /** The frame whose picture begins at, or a little before, this second: time stamps may be rounded down. */
  frame(second: number): number {
    return Math.max(0, Math.floor((second * this.num) / this.den + 0.25));
  }

  /** The frame that a clock shows at this second. */
  frameAt(second: number): number {
    return Math.max(0, Math.floor((second * this.num) / this.den + 1e-6));
  }

  /** How a frame's time reads: `1:02.40`. */
  spell(frame: number): string {
    const hundredths = Math.floor((frame * this.den * 100) / this.num + 1e-6);
    const pad = (value: number): string => String(value).padStart(2, "0");
    const seconds = Math.floor(hundredths / 100);
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    const tail = `${pad(seconds % 60)}.${pad(hundredths % 100)}`;
    return hours ? `${hours}:${pad(minutes % 60)}:${tail}` : `${minutes}:${tail}`;
  }
}

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
