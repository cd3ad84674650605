import { KernelWatch, type Silence } from "../kernel-watch";
import type { Comm } from "../model";
import { randomName } from "../dom";
import {
  ALIVE_EVERY_S,
  LOST_AFTER_S,
  type AnyPush,
  type Problem,
  type PushKind,
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

export interface Answer {
  fields: Record<string, unknown>;
  bytes: Bytes | null;
}

export interface Listener {
  push(push: AnyPush, bytes: Bytes | null): void;
  /** The kernel does not answer, with why, as often as that may have changed; or it does again. */
  lost(lost: boolean, why: Silence): void;
  /** The kernel does not know this view: it was restarted, or had given it up. */
  unknown(): void;
  /** Whether somebody may be looking, so that the kernel is to keep the view. */
  seen(): boolean;
}

interface Open {
  kind: Request["kind"];
  since: number;
  patience: number;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

const TICK_MS = 500;
const PROBE_MS = 2_000;
/** The kernel makes a panel, which it does nothing else beside: at first on a busy machine that takes a while. */
const EXPORT_MS = 60_000;
const OPENS_KEPT = 10;

/**
 * One view's requests: each ends exactly once, by its reply, by an error, or by `NoAnswer`.
 *
 * Drawing a still may take long, and making an export panel. Everything else is answered at once by a kernel that is there, so silence after
 * one of those means that it is busy or gone.
 */
export class Requests {
  readonly view = randomName();
  private readonly open = new Map<number, Open>();
  private readonly timer: number;
  private lastId = 0;
  private lastAlive = performance.now();
  private isLost = false;
  /** When something came last; and since when an answer is owed, 0 if none is. */
  private heard = 0;
  private owed = 0;
  private readonly kernel: KernelWatch;
  private closed = false;

  constructor(
    private readonly model: Comm,
    private readonly listener: Listener,
  ) {
    this.kernel = new KernelWatch(model);
    model.on("msg:custom", this.hear);
    model.on("comm_live_update", this.probe);
    this.timer = window.setInterval(this.tick, TICK_MS);
  }

  /** Why no answer comes. */
  get silence(): Silence {
    return this.kernel.silence;
  }

  /** Ask for something that comes with the reply. */
  ask(request: Request, patience = patienceFor(request.kind)): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new NoAnswer("the view is closed"));
      const id = ++this.lastId;
      const since = performance.now();
      this.owed ||= since;
      this.open.set(id, { kind: request.kind, since, patience, resolve, reject });
      if (request.kind === "open") this.forgetOldOpens();
      if (request.kind === "alive") this.lastAlive = since;
      try {
        this.model.send({ ...request, id, view: this.view });
      } catch {
        this.end(id)?.reject(new NoAnswer("there is no connection to the kernel"));
        if (request.kind !== "open") this.setLost(true);
      }
    });
  }

  /** Say something whose reply holds nothing. */
  tell(request: Request): void {
    this.ask(request).catch((error: unknown) => {
      if (!(error instanceof NoAnswer || error instanceof Refusal)) throw error;
    });
  }

  close(): void {
    if (this.closed) return;
    this.tell({ kind: "close" });
    this.closed = true;
    window.clearInterval(this.timer);
    this.model.off("msg:custom", this.hear);
    this.model.off("comm_live_update", this.probe);
    this.rejectAll(() => true);
  }

  private readonly hear = (content: unknown, buffers?: unknown): void => {
    if (!isRecord(content) || content.view !== this.view) return;
    this.heard = performance.now();
    this.owed = 0;
    this.setLost(false);
    const bytes = firstBytes(buffers);
    if (PUSHES.includes(content.kind as PushKind)) {
      this.listener.push(content as unknown as AnyPush, bytes);
      return;
    }
    const asked = this.end(content.id as number);
    if (content.kind === "reply") {
      asked?.resolve({ fields: content, bytes });
    } else if (content.kind === "error" && isRecord(content.problem)) {
      const problem = content.problem as unknown as Problem;
      asked?.reject(new Refusal(problem));
      if (problem.code === "unknown-view" && asked?.kind !== "close") this.listener.unknown();
    }
  };

  /** The connection has changed: see whether somebody is at the other end. */
  private readonly probe = (): void => {
    this.ask({ kind: "alive" }, PROBE_MS).catch(() => undefined);
  };

  private readonly tick = (): void => {
    const now = performance.now();
    this.kernel.look(this.owed || now);
    for (const [id, { since, patience, kind }] of [...this.open]) {
      if (now - since < patience) continue;
      this.end(id)?.reject(new NoAnswer(`no answer to "${kind}"`));
      if (since > this.heard) this.setLost(true); // else this one alone was lost
    }
    const isSlow = [...this.open.values()].some(({ since }) => now - since > 3_000);
    const every = (this.isLost || isSlow ? 3 : ALIVE_EVERY_S) * 1000;
    if (now - this.lastAlive >= every && (this.isLost || this.listener.seen())) this.tell({ kind: "alive" });
  };

  private setLost(lost: boolean): void {
    if (lost) this.rejectAll((kind) => kind !== "open" && kind !== "alive" && kind !== "export");
    if (!lost && !this.isLost) return;
    this.isLost = lost;
    this.listener.lost(lost, this.silence);
  }

  private end(id: number): Open | undefined {
    const asked = this.open.get(id);
    this.open.delete(id);
    return asked;
  }

  private rejectAll(which: (kind: Request["kind"]) => boolean): void {
    for (const [id, { kind }] of [...this.open]) {
      if (which(kind)) this.end(id)?.reject(new NoAnswer("the kernel does not answer"));
    }
  }

  private forgetOldOpens(): void {
    const opens = [...this.open].filter(([, { kind }]) => kind === "open").map(([id]) => id);
    for (const id of opens.slice(0, -OPENS_KEPT)) this.end(id)?.reject(new NoAnswer("asked again"));
  }
}

function patienceFor(kind: Request["kind"]): number {
  if (kind === "export") return EXPORT_MS;
  return kind === "still" || kind === "open" ? Infinity : LOST_AFTER_S * 1000;
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
