/**
 * The words that kernel and browser share. The twin is `bazaar_nb/widgets/dashboard/protocol.py`; a test compares them.
 *
 * All texts that arrive are untrusted: they are shown by `textContent` alone.
 */

import type {
  AliveRequest,
  CloseRequest,
  EngagedRequest,
  FileRequest,
  LinkRequest,
  Movie,
  OpenRequest,
} from "../panel/protocol";

/** What the browser asks. Each request gets exactly one reply, or one error. */
export const REQUESTS = [
  "open", "alive", "close", "filter", "refresh", "select", "rows", "details", "file", "link", "engaged",
] as const;

/** What the kernel sends unasked, to all views. */
export const PUSHES = ["counts", "selection", "trouble"] as const;

/** The charts whose bars have renders to show. */
export const CHARTS = ["outcomes", "format", "codec", "quality", "resolution", "error", "speed"] as const;

/** Renders of a list, in one reply. */
export const ROWS_AT_ONCE = 20;

export type ChartName = (typeof CHARTS)[number];

/** Which renders are shown; `null` is all of them. */
export interface Filters {
  /** `24h` or `30d` (ago), a date, or a time with its zone; a date is the whole of it. */
  since: string | null;
  until: string | null;
  project: string | null;
  user: string | null;
  status: string | null;
}

/** A bar of a chart. */
export interface Bar {
  chart: ChartName;
  key: string;
  /** The part of a stacked bar: a status. */
  series: string | null;
}

export interface FilterRequest {
  kind: "filter";
  filters: Filters;
}

export interface RefreshRequest {
  kind: "refresh";
}

export interface SelectRequest {
  kind: "select";
  /** `null` is all that are shown. */
  bar: Bar | null;
}

export interface RowsRequest {
  kind: "rows";
  offset: number;
}

export interface DetailsRequest {
  kind: "details";
  job: string;
}

export type Request =
  | OpenRequest
  | AliveRequest
  | CloseRequest
  | FilterRequest
  | RefreshRequest
  | SelectRequest
  | RowsRequest
  | DetailsRequest
  | FileRequest
  | LinkRequest
  | EngagedRequest;

/** Name, value, and what it is of. */
export type Figure = [string, string, string];

export interface Outcomes {
  /** How long a column is: hour, day, week, month or year. */
  step: string;
  /** Status and its word, from the ground up. */
  series: [string, string][];
  columns: OutcomeColumn[];
}

export interface OutcomeColumn {
  /** When it begins, in UTC. */
  key: string;
  label: string;
  /** Of each series. */
  counts: number[];
}

export interface BarFacts {
  key: string;
  label: string;
  value: number;
  /** What else there is to say. */
  more: string;
}

export interface Point {
  id: string;
  label: string;
  length_s: number;
  render_s: number;
}

export interface Played {
  id: string;
  label: string;
  plays: number;
  viewers: number;
  /** The mean part that was seen in a play, 0 to 1. */
  watched: number;
  downloads: number;
}

export interface Charts {
  outcomes: Outcomes;
  format: BarFacts[];
  codec: BarFacts[];
  quality: BarFacts[];
  resolution: BarFacts[];
  error: BarFacts[];
  /** Median frames a second, by resolution. */
  speed: BarFacts[];
  points: Point[];
  /** The most played first. */
  plays: Played[];
}

export interface Choices {
  project: string[];
  user: string[];
  status: string[];
}

export interface Counts {
  filters: Filters;
  choices: Choices;
  /** When the history was read. */
  read: string;
  figures: Figure[];
  charts: Charts;
}

export interface RenderLine {
  id: string;
  name: string;
  film: string;
  status: string;
  when: string;
  user: string;
  project: string;
  /** Format, size, length. */
  about: string;
  took: string;
  size: string;
}

export interface Selection {
  bar: Bar | null;
  label: string | null;
  count: number;
  /** The first of them, the newest first. */
  rows: RenderLine[];
}

export interface OpenReply {
  counts: Counts;
  selection: Selection;
}

export interface RowsReply {
  offset: number;
  rows: RenderLine[];
}

export interface DetailsReply {
  /** Name, value and meaning of each column. */
  row: [string, string, string][];
  error: RenderError | null;
  /** Seconds of work in each stage of its segments. */
  stages: [string, number][];
  movie: Movie | null;
  /** Why a finished render has no movie to play. */
  absent: string | null;
}

export interface RenderError {
  type: string;
  message: string;
}

export interface CountsPush {
  kind: "counts";
  counts: Counts;
  selection: Selection;
}

export interface SelectionPush {
  kind: "selection";
  selection: Selection;
}

export interface TroublePush {
  kind: "trouble";
  message: string;
}

export type AnyPush = CountsPush | SelectionPush | TroublePush;

export interface Saved {
  figures: Figure[];
  rows: SavedRow[];
  read: string;
}

export interface SavedRow {
  name: string;
  status: string;
  when: string;
  took: string;
  size: string;
}

/** The traits that Python and the view share. */
export interface Traits extends Filters {
  saved: Saved;
  /** Token of the element that shows where there is no kernel. */
  fallback: string;
}
