/**
 * The words that kernel and browser share. The twin is `bazaar_nb/widgets/batch/protocol.py`; a test compares them.
 *
 * All texts that arrive are untrusted: they are shown by `textContent` alone.
 */

/** What the browser asks. Each request gets exactly one reply, or one error. */
export const REQUESTS = ["open", "alive", "close", "cancel"] as const;

/** What the kernel sends unasked, to all views. */
export const PUSHES = ["batch", "picture"] as const;

/** What is counted of films that have ended. */
export const COUNTS = ["made", "kept", "failed", "cancelled", "refused", "left"] as const;

export interface Request {
  kind: (typeof REQUESTS)[number];
}

export interface FinishedFilm {
  /** Of its row. */
  number: number;
  name: string;
  /** Whether it was there already. */
  kept: boolean;
}

export interface FailedFilm {
  number: number;
  name: string;
  why: string;
}

export interface BatchFacts {
  /** `checking`, `rendering`, `waiting`, `cancelling` or `done`. */
  stage: string;
  films: number;
  /** 0 while it isn't known. */
  total: number;
  counts: Record<(typeof COUNTS)[number], number>;
  frames: number;
  /** 0 where it isn't known. */
  total_frames: number;
  eta_s: number | null;
  /** What it waits for, or why it ended early. */
  note: string;
  /** The newest first. */
  finished: FinishedFilm[];
  failures: FailedFilm[];
}

export interface OpenReply {
  batch: BatchFacts;
}

export interface BatchPush {
  kind: "batch";
  batch: BatchFacts;
}

export interface PicturePush {
  kind: "picture";
  /** Of the film's row. */
  number: number;
}

export type AnyPush = BatchPush | PicturePush;

/** The traits that Python and the view share. */
export interface Traits {
  title: string;
  /** How it ended, for a notebook without its kernel. */
  saved: string;
  /** Token of the element that shows where there is no kernel. */
  fallback: string;
}
