/**
 * The words that kernel and browser share. The twin is `bazaar_nb/widgets/controls/protocol.py`; a test compares them.
 *
 * All texts that arrive are untrusted: they are shown by `textContent` and as values of fields alone.
 */

/** What the browser asks. Each request gets exactly one reply, or one error. */
export const REQUESTS = ["open", "alive", "close", "change"] as const;

/** What the kernel sends unasked, to all views. */
export const PUSHES = ["controls"] as const;

/** What controls there are. `other` is one that only Jupyter can show. */
export const KINDS = ["switch", "slider", "number", "text", "lines", "color", "date", "moment", "choice", "buttons", "other"] as const;

export type Value = boolean | number | string;

export type Request = { kind: "open" | "alive" | "close" } | { kind: "change"; name: string; value: Value };

export interface ControlFacts {
  /** Of the parameter. */
  name: string;
  kind: (typeof KINDS)[number];
  label: string;
  hint: string;
  disabled: boolean;
  /** What is wrong with the value; empty if all is right. */
  error: string;
  /** A choice by its place, -1 for none; dates and times as fields for them have it; null: a number that JSON has not. */
  value: Value | null;
  low: number | null;
  high: number | null;
  step: number | null;
  /** Names of choices, or words to suggest. */
  options: string[];
  placeholder: string;
  rows: number;
  /** A colour as #rrggbb; empty where there is none. */
  swatch: string;
}

export interface OpenReply {
  controls: ControlFacts[];
}

export interface ControlsPush {
  kind: "controls";
  controls: ControlFacts[];
}

export type AnyPush = ControlsPush;

/** The traits that Python and the view share. */
export interface Traits {
  title: string;
  /** Token of the element that shows where there is no kernel. */
  fallback: string;
}
