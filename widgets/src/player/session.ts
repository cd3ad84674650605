import type { Silence } from "../kernel-watch";
import type { Comm } from "../model";
import {
  type AnyPush,
  type EventName,
  type FilmInfo,
  OPEN_EVERY_S,
  type OpenReply,
  type Problem,
} from "./protocol";
import { type Bytes, NoAnswer, Refusal, Requests } from "./requests";
import type { Watched } from "../watched-time";
import { playable } from "./supports";

export interface SessionListener {
  /** The view is open, or open again. */
  opened(film: FilmInfo): void;
  /** The kernel has no film for this view. */
  refused(problem: Problem): void;
  /** Nobody has answered for a while, and nobody ever did. */
  unanswered(why: Silence): void;
  push(push: AnyPush, bytes: Bytes | null): void;
  lost(lost: boolean, why: Silence): void;
  seen(): boolean;
  /** Where the playhead is, for `open`. */
  frame(): number;
}

interface Playhead {
  frame: number;
  playing: boolean;
  rate: number;
}

const PLAYHEAD_EVERY_MS = 40;

/** A view's life with the kernel: open it, say where the playhead is, open it again after a restart. */
export class Session {
  readonly requests: Requests;
  /** The newest film's generation; what is older is not wanted any more. */
  generation = 0;
  private opening = false;
  private opened = false;
  private closed = false;
  private timer = 0;
  private reopen = 0;
  private playhead: Playhead | null = null;
  private canStream = true;

  constructor(
    comm: Comm,
    private readonly listener: SessionListener,
  ) {
    this.requests = new Requests(comm, {
      push: (push, bytes) => this.receive(push, bytes),
      lost: (lost, why) => this.opened && listener.lost(lost, why),
      unknown: () => this.open(),
      seen: () => this.opened && listener.seen(),
    });
  }

  /** Ask until somebody answers. */
  open(): void {
    if (this.opening || this.closed) return;
    this.opening = true;
    this.ask();
  }

  /** The browser can't play what it gets: ask for stills alone. */
  withoutStream(): void {
    this.canStream = false;
    this.open();
  }

  /** Tell where the playhead is; what is told too often is left out, the last never. */
  look(playhead: Playhead): void {
    if (!this.opened) return;
    this.playhead = playhead;
    if (!this.timer) this.timer = window.setTimeout(this.flush, 0);
  }

  event(name: EventName, frame: number): void {
    if (this.opened) this.requests.tell({ kind: "event", name, frame });
  }

  /** For the history: how much is watched. */
  engaged(watched: Watched): void {
    if (this.opened) this.requests.tell({ kind: "engaged", ...watched });
  }

  forget(segments: number[], sounds: number[]): void {
    if (this.opened && segments.length + sounds.length) this.requests.tell({ kind: "forget", segments, sounds });
  }

  close(): void {
    this.closed = true;
    window.clearTimeout(this.timer);
    window.clearTimeout(this.reopen);
    this.requests.close();
  }

  private ask(): void {
    const { video, sound } = this.canStream ? playable() : { video: [], sound: [] };
    this.requests.ask({ kind: "open", frame: this.listener.frame(), video, sound }).then(
      ({ fields }) => this.answered((fields as unknown as OpenReply).film),
      (error: unknown) => {
        if (error instanceof Refusal) this.refused(error.problem);
        else if (!(error instanceof NoAnswer)) throw error;
      },
    );
    this.reopen = window.setTimeout(() => {
      if (!this.opened) this.listener.unanswered(this.requests.silence);
      if (this.opening) this.ask();
    }, OPEN_EVERY_S * 1000);
  }

  private answered(film: FilmInfo): void {
    if (!this.opening || this.closed) return; // the answer to an earlier try has come before
    window.clearTimeout(this.reopen);
    this.opening = false;
    this.opened = true;
    this.generation = film.generation; // a new kernel counts from the beginning
    this.listener.opened(film);
  }

  private refused(problem: Problem): void {
    window.clearTimeout(this.reopen);
    this.opening = false;
    this.listener.refused(problem);
  }

  private receive(push: AnyPush, bytes: Bytes | null): void {
    if (push.generation < this.generation) return;
    if (push.kind === "film") this.generation = push.film.generation;
    this.listener.push(push, bytes);
  }

  private readonly flush = (): void => {
    this.timer = 0;
    const { playhead } = this;
    if (!playhead) return;
    this.playhead = null;
    this.requests.tell({ kind: "playhead", ...playhead });
    this.timer = window.setTimeout(this.flush, PLAYHEAD_EVERY_MS);
  };
}
