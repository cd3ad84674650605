/**
 * The words that kernel and browser share. The twin is `bazaar_nb/widgets/player/protocol.py`; a test compares them.
 *
 * All texts that arrive are untrusted: they are shown by `textContent` alone.
 */

/** What the browser asks. Each request gets exactly one reply, or one error. */
export const REQUESTS = ["open", "playhead", "still", "forget", "event", "engaged", "export", "close", "alive"] as const;

/** What the kernel sends unasked. */
export const PUSHES = ["film", "picture", "segment", "sound", "problem", "solved"] as const;

/** How a request ends. */
export const ENDS = ["reply", "error"] as const;

/** What the `event` request tells of. */
export const EVENTS = ["play", "pause", "seeked", "ended", "error"] as const;

/** What a `Problem` may be. */
export const PROBLEM_CODES = ["scene", "render", "sound", "unknown-view", "invalid", "closed"] as const;

export const MIN_RATE = 0.25;
export const MAX_RATE = 4;
export const MIN_STILL_WIDTH = 16;
export const MAX_STILL_WIDTH = 8192;

/** Seconds between `alive` requests, while the view can be seen. */
export const ALIVE_EVERY_S = 10;

/** Seconds without an answer after which the kernel counts as lost. */
export const LOST_AFTER_S = 8;

/** Seconds between `open` requests that nobody answers. */
export const OPEN_EVERY_S = 3;

export type RequestKind = (typeof REQUESTS)[number];
export type PushKind = (typeof PUSHES)[number];
export type EventName = (typeof EVENTS)[number];
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface OpenRequest {
  kind: "open";
  frame: number;
  /** What the front end can play, best first; empty: stills only. */
  video: ("h264" | "vp9")[];
  sound: ("aac" | "opus")[];
}

export interface PlayheadRequest {
  kind: "playhead";
  frame: number;
  playing: boolean;
  rate: number;
}

export interface StillRequest {
  kind: "still";
  frame: number;
  /** In pixels. */
  width: number;
  format: "jpeg" | "png";
  /** A thumbnail that may wait. */
  idle: boolean;
}

export interface ForgetRequest {
  kind: "forget";
  segments: number[];
  sounds: number[];
}

export interface EventRequest {
  kind: "event";
  name: EventName;
  frame: number;
}

/** Somebody plays the film, or has seen a part of it. */
export interface EngagedRequest {
  kind: "engaged";
  what: "play" | "watch";
  /** Which showing. */
  showing: string;
  /** In this showing until now. */
  seen_s: number;
}

/** The export panel is wanted. */
export interface ExportRequest {
  kind: "export";
}

export interface CloseRequest {
  kind: "close";
}

export interface AliveRequest {
  kind: "alive";
}

export type Request =
  | OpenRequest
  | PlayheadRequest
  | StillRequest
  | ForgetRequest
  | EventRequest
  | EngagedRequest
  | ExportRequest
  | CloseRequest
  | AliveRequest;

export interface FilmInfo {
  generation: number;
  name: string;
  frames: number;
  /** Numerator and denominator. */
  fps: [number, number];
  /** Of the composition, in pixels. */
  width: number;
  height: number;
  /** Width and height of the preview, in pixels. */
  preview: [number, number];
  /** Scenes: name, first frame, frame after the last. */
  marks: [string, number, number][];
  /** Segment i is the frames from `edges[i]` up to, not including, `edges[i + 1]`. */
  edges: number[];
  video_mime: string | null;
  sound_mime: string | null;
  sound_key: string | null;
}

export interface Problem {
  code: ProblemCode;
  message: string;
  scene: string | null;
  /** Counted from the scene's first. */
  frame: number | null;
  /** The lines of the traceback that matter. */
  lines: string[];
}

export interface OpenReply {
  film: FilmInfo;
}

export interface StillReply {
  frame: number;
  generation: number;
  mime: string;
}

export interface ExportReply {
  /** The id of the panel's model. */
  panel: string;
}

interface Push {
  view: string;
  generation: number;
}

export interface FilmPush extends Push {
  kind: "film";
  film: FilmInfo;
}

export interface PicturePush extends Push {
  kind: "picture";
  frame: number;
  mime: string;
}

export interface SegmentPush extends Push {
  kind: "segment";
  index: number;
}

export interface SoundPush extends Push {
  kind: "sound";
  index: number;
  offset_s: number;
}

export interface ProblemPush extends Push {
  kind: "problem";
  problem: Problem;
}

export interface SolvedPush extends Push {
  kind: "solved";
}

export type AnyPush = FilmPush | PicturePush | SegmentPush | SoundPush | ProblemPush | SolvedPush;

/** The traits that Python and the view share. */
export interface Traits {
  frame: number;
  playing: boolean;
  rate: number;
  /** 0 to 1. */
  volume: number;
  muted: boolean;
  loop: boolean;
  /** In and out points, half-open. */
  range: [number, number] | null;
  autoplay: boolean;
  /** A CSS width. */
  width: string | null;
  /** Width and height of the composition, to lay out before the first reply. */
  shape: [number, number];
  /** Token of the element that shows where there is no kernel. */
  fallback: string;
}
