import type { Playback } from "./playback";

/** What the controls show; read from the playback and its screen just before each painting. */
export interface ControlsState {
  playback: Playback;
  /** Runs of frames that are at hand, half-open. */
  buffered: [number, number][];
  fullscreen: boolean;
}

/** What the controls ask for. */
export interface Actions {
  toggle(): void;
  seek(frame: number): void;
  step(frames: number): void;
  /** Hold the picture while the scrubber is dragged. */
  hold(held: boolean): void;
  setRate(rate: number): void;
  setVolume(volume: number, muted: boolean): void;
  setLoop(loop: boolean): void;
  /** Set the in or the out point here. */
  mark(which: "in" | "out"): void;
  clearRange(which: "in" | "out" | "both"): void;
  fullscreen(): void;
  /** Copy the frame on screen as a picture, or download it. */
  capture(how: "copy" | "download"): Promise<void>;
  /** Show or hide the export panel; tells whether it is shown. */
  export(): Promise<boolean>;
  /** Show or hide the list of keys. */
  help(): void;
  /** Close what is open over the picture; false if nothing was. */
  escape(): boolean;
}

export const RATES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4] as const;

/** The scene at a frame: that which began last. */
export function sceneAt(marks: [string, number, number][], frame: number): string {
  const under = marks.filter(([, start, stop]) => start <= frame && frame < stop);
  return under.at(-1)?.[0] ?? "";
}
