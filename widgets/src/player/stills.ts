import { MAX_STILL_WIDTH, MIN_STILL_WIDTH } from "./protocol";
import { NoAnswer, Refusal, type Requests } from "./requests";

export interface Still {
  frame: number;
  blob: Blob;
}

/** Asks for one still after the other: the newest wish is served, what was wished between is not. */
export class Stills {
  private wish: number | null = null;
  private asking = false;
  private closed = false;
  private cancelled = 0;

  constructor(
    private readonly requests: Requests,
    private readonly options: { width: () => number; idle: boolean; generation: () => number },
    private readonly came: (still: Still) => void,
  ) {}

  want(frame: number): void {
    this.wish = frame;
    if (!this.asking) void this.serve();
  }

  /** Nothing is wished any more, nor what is on its way. */
  cancel(): void {
    this.cancelled += 1;
    this.wish = null;
  }

  close(): void {
    this.closed = true;
    this.wish = null;
  }

  private async serve(): Promise<void> {
    this.asking = true;
    while (this.wish !== null && !this.closed) {
      const frame = this.wish;
      const { cancelled } = this;
      const still = await askStill(this.requests, frame, this.options.width(), "jpeg", this.options.idle);
      if (this.closed) break;
      if (cancelled !== this.cancelled) continue;
      const isCurrent = still !== null && still.generation >= this.options.generation();
      if (this.wish === frame && (isCurrent || still === null)) this.wish = null;
      if (isCurrent) this.came(still);
    }
    this.asking = false;
  }
}

/** One frame as an image, or null where it can't be had: the kernel tells why by a `problem`. */
export async function askStill(
  requests: Requests,
  frame: number,
  width: number,
  format: "jpeg" | "png",
  idle: boolean,
): Promise<(Still & { generation: number }) | null> {
  const fitting = Math.round(Math.min(MAX_STILL_WIDTH, Math.max(MIN_STILL_WIDTH, width)));
  try {
    const { fields, bytes } = await requests.ask({ kind: "still", frame, width: fitting, format, idle });
    if (!bytes) return null;
    const blob = new Blob([bytes], { type: format === "png" ? "image/png" : "image/jpeg" });
    return { frame: Number(fields.frame), generation: Number(fields.generation), blob };
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof Refusal) return null;
    throw error;
  }
}
