import type { Bytes } from "./requests";

/** The buffer is full. */
export class Full extends Error {}

/** One source buffer's work, one piece after the other, as Media Source Extensions want it. */
export class Appends {
  private queue: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly source: MediaSource,
    private readonly buffer: SourceBuffer,
  ) {}

  get idle(): boolean {
    return this.waiting === 0;
  }

  /** Runs of seconds that are there. */
  get buffered(): [start: number, stop: number][] {
    try {
      const { buffered } = this.buffer;
      return Array.from({ length: buffered.length }, (_, i) => [buffered.start(i), buffered.end(i)]);
    } catch {
      return []; // the browser has given the source up
    }
  }

  /** Add a whole file that starts at time 0 so that it starts at `offset` seconds; overwrites what is there. */
  append(bytes: Bytes, offset: number): Promise<void> {
    return this.enqueue(
      () => {
        this.buffer.timestampOffset = offset; // opens the source again, if it had ended
        this.buffer.appendBuffer(bytes);
      },
      () => {
        if (this.source.readyState === "open") this.buffer.abort(); // the next file begins with its own header
      },
    );
  }

  /** Remove what lies between two times, in seconds. */
  remove(start: number, stop: number): Promise<void> {
    return this.enqueue(() => this.buffer.remove(Math.max(0, start), stop));
  }

  covers(start: number, stop: number): boolean {
    return this.buffered.some(([from, to]) => from <= start && stop <= to);
  }

  private enqueue(work: () => void, after = (): void => undefined): Promise<void> {
    this.waiting += 1;
    const done = this.queue.then(() => this.run(work)).then(after);
    this.queue = done.catch(() => undefined);
    return done.finally(() => {
      this.waiting -= 1;
    });
  }

  private run(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = new AbortController();
      const options = { once: true, signal: failed.signal };
      this.buffer.addEventListener(
        "error",
        () => {
          failed.abort();
          reject(new Error("the browser could not read a piece of the film"));
        },
        options,
      );
      this.buffer.addEventListener(
        "updateend",
        () => {
          failed.abort();
          resolve();
        },
        options,
      );
      try {
        work();
      } catch (error) {
        failed.abort();
        const full = error instanceof DOMException && error.name === "QuotaExceededError";
        reject(full ? new Full() : error);
      }
    });
  }
}
