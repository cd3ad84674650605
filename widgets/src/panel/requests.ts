import { KernelWatch, type Silence } from "../kernel-watch";
import type { Comm } from "../model";
import { randomName } from "../dom";
import {
  ALIVE_EVERY_S,
  type AnyPush,
  LOST_AFTER_S,
  OPEN_EVERY_S,
  type OpenReply,
  type Problem,
  PUSHES,
  type Request,
} from "./protocol";

export type Bytes = Uint8Array<ArrayBuffer>;

/** The kernel answered a request with an error. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** No answer came, or the view was closed before it could. */
export class NoAnswer extends Error {}

export interface Answer<T> {
  fields: T;
  bytes: Bytes | null;
}

export interface Listener<Opened = OpenReply, Push = AnyPush> {
  opened(reply: Opened): void;
  /** Nobody has ever answered, with why, as often as that may have changed. */
  unanswered(why: Silence): void;
  refused(problem: Problem): void;
  push(push: Push, bytes: Bytes | null): void;
  /** The kernel does not answer any more, the same way; or it does again. */
  lost(lost: boolean, why: Silence): void;
}

interface Asked {
  kind: string;
  since: number;
  resolve(answer: Answer<never>): void;
  reject(error: Error): void;
}

const TICK_MS = 500;

/**
 * One view's line to the kernel: each request ends exactly once, by its reply, by an error, or by `NoAnswer`.
 *
 * What is asked may take long. That somebody is there is known by `alive`, which is answered at once.
 */
export class Requests<Asks extends { kind: string } = Request, Opened = OpenReply, Push = AnyPush> {
  private readonly view = randomName();
  private readonly asked = new Map<number, Asked>();
  private readonly timer: number;
  private lastId = 0;
  private spoken = 0;
  private isOpen = false;
  private wasOpen = false;
  private isLost = false;
  private closed = false;
  /** When something came last; and since when an answer is owed, 0 if none is. */
  private heard = 0;
  private owed = 0;
  private readonly kernel: KernelWatch;

  constructor(
    private readonly comm: Comm,
    private readonly listener: Listener<Opened, Push>,
    private readonly pushes: readonly string[] = PUSHES,
    /** Whether pushes are taken also before somebody answers: a busy kernel can speak, and not listen. */
    private readonly takesAll = false,
  ) {
    this.kernel = new KernelWatch(comm);
    comm.on("msg:custom", this.hear);
    this.timer = window.setInterval(this.tick, TICK_MS);
  }

  open(): void {
    this.isOpen = false;
    this.spoken = performance.now();
    this.send<Opened>({ kind: "open" }).then(
      ({ fields }) => {
        if (this.isOpen || this.closed) return; // an earlier try was answered before
        this.isOpen = this.wasOpen = true;
        this.listener.opened(fields);
      },
      (error: unknown) => {
        if (error instanceof Refusal) {
          this.isOpen = true; // asking again would not help
          this.listener.refused(error.problem);
        }
      },
    );
  }

  ask<T>(request: Asks): Promise<Answer<T>> {
    return this.send<T>(request);
  }

  private send<T>(request: { kind: string }): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new NoAnswer("the view is closed"));
      const id = ++this.lastId;
      const since = performance.now();
      this.owed ||= since;
      this.asked.set(id, { kind: request.kind, since, resolve, reject });
      try {
        this.comm.send({ ...request, id, view: this.view });
      } catch {
        this.end(id)?.reject(new NoAnswer("there is no connection to the kernel"));
        if (this.wasOpen) this.setLost(true);
      }
    });
  }

  /** Say something whose answer does not matter. */
  tell(request: Asks): void {
    this.send(request).catch(() => undefined);
  }

  close(): void {
    if (this.closed) return;
    this.send({ kind: "close" }).catch(() => undefined);
    this.closed = true;
    window.clearInterval(this.timer);
    this.comm.off("msg:custom", this.hear);
    this.rejectAll(() => true, "the view is closed");
  }

  private readonly hear = (content: unknown, buffers?: unknown): void => {
    if (!isRecord(content)) return;
    const bytes = firstBytes(buffers);
    this.heard = performance.now();
    this.owed = 0;
    if (this.pushes.includes(content.kind as string)) {
      this.setLost(false);
      if (this.isOpen || this.takesAll) this.listener.push(content as unknown as Push, bytes);
      return;
    }
    if (content.view !== this.view) return;
    this.setLost(false);
    const asked = this.end(content.id as number);
    if (content.kind === "reply") {
      asked?.resolve({ fields: content as never, bytes });
    } else if (content.kind === "error" && isRecord(content.problem)) {
      const problem = content.problem as unknown as Problem;
      asked?.reject(new Refusal(problem));
      if (problem.code === "unknown-view" && this.isOpen && asked?.kind !== "close") this.open();
    }
  };

  private readonly tick = (): void => {
    const now = performance.now();
    this.kernel.look(this.owed || now);
    for (const [id, { kind, since }] of [...this.asked]) {
      if (kind !== "alive" || now - since < LOST_AFTER_S * 1000) continue;
      this.end(id)?.reject(new NoAnswer("the kernel does not answer"));
      if (this.wasOpen && since > this.heard) this.setLost(true); // else this one alone was lost
    }
    const every = this.isOpen && !this.isLost ? ALIVE_EVERY_S : OPEN_EVERY_S;
    if (now - this.spoken < every * 1000) return;
    this.spoken = now;
    this.send({ kind: "alive" }).catch(() => undefined);
    if (this.isOpen) return;
    if (!this.wasOpen) this.listener.unanswered(this.kernel.silence);
    this.open();
  };

  private setLost(lost: boolean): void {
    if (!lost && !this.isLost) return;
    this.isLost = lost;
    if (lost) this.rejectAll((kind) => kind !== "alive", "the kernel does not answer");
    this.listener.lost(lost, this.kernel.silence);
  }

  private end(id: number): Asked | undefined {
    const asked = this.asked.get(id);
    this.asked.delete(id);
    return asked;
  }

  private rejectAll(which: (kind: string) => boolean, why: string): void {
    for (const [id, { kind }] of [...this.asked]) if (which(kind)) this.end(id)?.reject(new NoAnswer(why));
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Front ends hand over `DataView`s, `ArrayBuffer`s or typed arrays. */
function firstBytes(buffers: unknown): Bytes | null {
  const first: unknown = Array.isArray(buffers) ? buffers[0] : undefined;
  if (first instanceof ArrayBuffer) return new Uint8Array(first);
  if (!ArrayBuffer.isView(first)) return null;
  return new Uint8Array(first.buffer as ArrayBuffer, first.byteOffset, first.byteLength);
}
