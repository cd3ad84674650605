/**
 * The words that kernel and browser share. The twin is `bazaar_nb/widgets/panel/protocol.py`; a test compares them.
 *
 * All texts that arrive are untrusted: they are shown by `textContent` alone.
 */

/** What the browser asks. Each request gets exactly one reply, or one error. */
export const REQUESTS = [
  "open", "alive", "close", "check", "export", "cancel", "retry", "move", "pause", "file", "link", "row", "engaged",
] as const;

/** What the kernel sends unasked, to all views. */
export const PUSHES = ["jobs", "job", "picture"] as const;

/** What a link may be for. */
export const USES = ["play", "download", "share"] as const;

/** Seconds between `alive` requests. */
export const ALIVE_EVERY_S = 10;

/** Seconds without an answer to one of them after which the kernel counts as lost. */
export const LOST_AFTER_S = 8;

/** Seconds between `open` requests that nobody answers. */
export const OPEN_EVERY_S = 3;

export type PushKind = (typeof PUSHES)[number];
export type Use = (typeof USES)[number];

export interface Choice {
  format: string;
  codec: string;
  quality: string | null;
  /** One of the words on offer, or bits a second. */
  bitrate: string | number | null;
  resolution: string | null;
  fps: string | null;
  /** Half-open range of the film's frames. */
  first: number;
  stop: number;
  name: string;
  /** `null` is the workspace's project. */
  folder: string | null;
  mute: boolean;
  /** Whether it goes on when the notebook is closed. */
  detach: boolean;
  /** Bits a second that the picture never exceeds. */
  maxrate: number | null;
  /** `null` is what the codec does. */
  bit_depth: number | null;
  /** A file of captions on the kernel's machine. */
  captions: string | null;
  /** Whether captions are part of the picture; else they are a track. */
  burn: boolean;
  /** Formats of more files of the same film. */
  also: string[];
}

export interface OpenRequest {
  kind: "open";
}

export interface AliveRequest {
  kind: "alive";
}

export interface CloseRequest {
  kind: "close";
}

export interface CheckRequest {
  kind: "check";
  choice: Choice;
}

export interface ExportRequest {
  kind: "export";
  choice: Choice;
}

export interface CancelRequest {
  kind: "cancel";
  job: string;
}

export interface RetryRequest {
  kind: "retry";
  job: string;
}

export interface MoveRequest {
  kind: "move";
  job: string;
  by: -1 | 1;
}

export interface PauseRequest {
  kind: "pause";
  paused: boolean;
}

export interface FileRequest {
  kind: "file";
  job: string;
  offset: number;
}

export interface LinkRequest {
  kind: "link";
  job: string;
  use: "play" | "download" | "share";
}

export interface RowRequest {
  kind: "row";
  job: string;
}

/** Somebody plays a movie, has seen a part of it, or has downloaded it. */
export interface EngagedRequest {
  kind: "engaged";
  job: string;
  what: "play" | "watch" | "download";
  /** Which showing, or which download. */
  showing: string;
  /** In this showing until now. */
  seen_s: number;
}

export type Request =
  | OpenRequest
  | AliveRequest
  | CloseRequest
  | CheckRequest
  | ExportRequest
  | CancelRequest
  | RetryRequest
  | MoveRequest
  | PauseRequest
  | FileRequest
  | LinkRequest
  | RowRequest
  | EngagedRequest;

/** A value and what it is called. */
export type Offer = [string | null, string];

export interface CodecOffers {
  label: string;
  qualities: string[];
  bitrates: string[];
  /** Whether its bit rate can be bounded. */
  bounded: boolean;
  /** Bits of a colour; none of sound alone. */
  depths: number[];
  resolutions: Offer[];
  rates: Offer[];
  has_sound: boolean;
}

export interface FormatOffer {
  name: string;
  label: string;
  /** What kind of file it is, in words. */
  kind: string;
  codecs: string[];
  /** Whether it has a place for captions that viewers turn on. */
  has_track: boolean;
}

export interface Form {
  film: string;
  name: string;
  frames: number;
  /** Numerator and denominator. */
  fps: [number, number];
  range: [number, number];
  has_sound: boolean;
  project: string;
  formats: FormatOffer[];
  codecs: Record<string, CodecOffers>;
}

export interface CheckReply {
  /** Of the file. */
  name: string;
  about: string;
  time: string;
  size: string;
  source: string;
  note: string;
  /** The other files that are asked for. */
  also: { name: string; about: string; size: string }[];
  /** Why it can't be. */
  refusal: string | null;
}

export interface Problem {
  code: string;
  message: string;
  scene: string | null;
  frame: number | null;
  lines: string[];
}

export interface JobProblem extends Problem {
  type: string;
}

export interface Movie {
  bytes: number;
  size: string;
  took: string;
  width: number;
  height: number;
  mime: string;
  /** Whether its bytes can be asked for. */
  sent: boolean;
  /** Whether they are few enough to be played from here. */
  inline: boolean;
  /** Whether a link to it is good for others. */
  shared: boolean;
}

export interface JobFacts {
  id: string;
  name: string;
  film: string;
  /** Whether it runs elsewhere, without this notebook. */
  detached: boolean;
  status: string;
  stage: string;
  /** What its first segment waits for; empty if for nothing. */
  waits_for: string;
  about: string;
  frames: number;
  total: number;
  /** Frames of which it is known what they show; they are drawn next. */
  evaluated: number;
  cached: number;
  segments: number;
  segments_cached: number;
  fps: number | null;
  eta_s: number | null;
  /** The part of the movie's bytes that is in its bucket, 0 to 1. */
  uploaded: number | null;
  /** Among those that wait; 0 is next. */
  place: number | null;
  last: boolean;
  problem: JobProblem | null;
  movie: Movie | null;
  /** How many there will be. */
  pictures: number;
}

export interface OpenReply {
  form: Form | null;
  jobs: JobFacts[];
  paused: boolean;
}

export interface FileReply {
  offset: number;
  total: number;
}

export interface LinkReply {
  url: string;
}

export interface RowReply {
  /** Name, value and meaning of each column. */
  row: [string, string, string][];
}

export interface JobsPush {
  kind: "jobs";
  jobs: JobFacts[];
  paused: boolean;
}

export interface JobPush {
  kind: "job";
  job: JobFacts;
}

export interface PicturePush {
  kind: "picture";
  job: string;
  number: number;
}

export type AnyPush = JobsPush | JobPush | PicturePush;

export interface Saved {
  name: string;
  status: string;
  about: string;
}

/** The traits that Python and the view share. */
export interface Traits {
  title: string;
  saved: Saved[];
  /** Token of the element that shows where there is no kernel. */
  fallback: string;
}
