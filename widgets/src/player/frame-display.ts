import type { Bytes } from "./requests";

/** What a screen tells. */
export interface DisplayListener {
  /** This frame can be seen now. */
  shown(frame: number): void;
  /** The frame that was asked for is not at hand: a still may bridge the time. */
  missing(frame: number): void;
  /** Playing has come to the end of the film. */
  ended(): void;
  /** The browser has stopped playing by itself. */
  stopped(): void;
  /** The browser does not play before somebody has clicked. */
  refused(): void;
  /** More is buffered, or less. */
  buffered(): void;
  /** Segments and pieces of sound that are not buffered any more. */
  dropped(segments: number[], sounds: number[]): void;
  /** The browser can't play the film, or its sound. */
  failed(what: "picture" | "sound"): void;
}

/** What shows frames: a video, or stills where there is no Media Source Extension. */
export interface FrameDisplay {
  seek(frame: number): void;
  play(): void;
  pause(): void;
  setRate(rate: number): void;
  setVolume(volume: number, muted: boolean): void;
  /** Whether this very frame, as it is in this generation of the film, is shown by the screen itself. */
  shows(frame: number, generation: number): boolean;
  /** Runs of frames that are at hand, half-open. */
  buffered(): [number, number][];
  /** What is at hand, by its numbers. */
  held(): [segments: number[], sounds: number[]];
  addSegment(index: number, generation: number, bytes: Bytes): void;
  addSound(index: number, offset: number, bytes: Bytes): void;
  dropSound(): void;
  /** A still is on screen; whether the playhead has come there by it, or it only bridges the time. */
  still(frame: number): boolean;
  close(): void;
}
