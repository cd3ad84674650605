import type { Requests } from "./requests";
import { Stills } from "./stills";

const WIDTH = 160;
const KEPT = 80;
/** The pointer rests this long before a picture is asked for. */
const REST_MS = 60;

/** Small pictures for the scrubber, asked for when the kernel has time for them. */
export class Thumbnails {
  /** Called when a picture has come. */
  came: (frame: number, url: string) => void = () => undefined;
  private readonly urls = new Map<number, string>();
  private readonly stills: Stills;
  private timer = 0;

  constructor(requests: Requests, generation: () => number) {
    this.stills = new Stills(requests, { width: () => WIDTH, idle: true, generation }, ({ frame, blob }) => {
      this.keep(frame, URL.createObjectURL(blob));
      this.came(frame, this.urls.get(frame)!);
    });
  }

  /** The picture's address where it is at hand; else it is asked for. */
  want(frame: number): string | null {
    window.clearTimeout(this.timer);
    const url = this.urls.get(frame);
    if (url) return url;
    this.timer = window.setTimeout(() => this.stills.want(frame), REST_MS);
    return null;
  }

  cancel(): void {
    window.clearTimeout(this.timer);
    this.stills.cancel();
  }

  /** The film has changed. */
  clear(): void {
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
    this.urls.clear();
  }

  close(): void {
    this.cancel();
    this.stills.close();
    this.clear();
  }

  private keep(frame: number, url: string): void {
    const old = this.urls.get(frame);
    if (old) URL.revokeObjectURL(old);
    this.urls.set(frame, url);
    for (const first of this.urls.keys()) {
      if (this.urls.size <= KEPT) break;
      URL.revokeObjectURL(this.urls.get(first)!);
      this.urls.delete(first);
    }
  }
}
