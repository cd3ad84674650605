import type { Comm } from "./model";

/** What anywidget hands over beside the comm; which of it there is depends on the front end. */
interface Host extends Comm {
  widget_manager?: { kernel?: { status?: string; connectionStatus?: string } | null };
}

/**
 * Why nobody answers, as far as the front end tells: `gone` is no kernel at all, `busy` one that may answer later,
 * `unreachable` one that could answer and does not, `soon` one that has not had the time yet.
 */
export type Silence = "gone" | "busy" | "unreachable" | "soon" | "unknown";

const LATER = ["busy", "starting", "restarting", "autorestarting"];
/** How long a kernel with nothing to do may owe an answer: pages and kernels of a loaded machine are slow. */
const OWES_MS = 12_000;

/** Looks, now and then, at what the kernel does while it owes an answer. */
export class KernelWatch {
  private now: Silence = "unknown";
  private freeSince = performance.now();

  constructor(private readonly comm: Comm) {}

  /** To be called some times a second; `asked` is since when an answer is owed. */
  look(asked: number): void {
    const before = this.now;
    this.now = stateOf(this.comm as Host);
    const isMoment = this.now === "busy" && before !== "busy"; // other widgets keep a kernel busy for one each
    if (this.now !== "soon" && !isMoment) this.freeSince = performance.now();
    this.freeSince = Math.max(this.freeSince, asked);
  }

  /** Why no answer has come. */
  get silence(): Silence {
    const isFree = this.now === "soon" && performance.now() - this.freeSince > OWES_MS;
    return isFree ? "unreachable" : this.now;
  }
}

/** Whether there is a kernel for sure: where nobody answers that is worth saying beside what a notebook keeps. */
export function isAlive(silence: Silence): boolean {
  return silence === "busy" || silence === "unreachable" || silence === "soon";
}

/** What to say of it: of what, and what running the cell would do. Empty: nothing yet. */
export function sayOf(silence: Silence, what: string, purpose: string): string {
  switch (silence) {
    case "gone":
      return `No kernel is running ${what}: run the cell ${purpose}.`;
    case "busy":
      return `The kernel is busy: ${what} waits for it.`;
    case "unreachable":
      return `The kernel is there, but ${what} gets no answer from it: run the cell again ${purpose}.`;
    case "soon":
      return "";
    case "unknown":
      return `No kernel answers for ${what}: run the cell ${purpose}.`;
  }
}

/** What to say of it where there were answers before. */
export function sayLost(silence: Silence, what: string, purpose: string): string {
  if (silence === "soon") return "The kernel does not answer.";
  return silence === "unknown" ? "The kernel does not answer: it is busy or gone." : sayOf(silence, what, purpose);
}

function stateOf({ widget_manager: manager }: Host): Silence {
  if (!manager || !("kernel" in manager)) return "unknown";
  const { status = "dead", connectionStatus = "connected" } = manager.kernel ?? {};
  if (connectionStatus === "connecting" || LATER.includes(status)) return "busy";
  return status === "idle" && connectionStatus === "connected" ? "soon" : "gone";
}
