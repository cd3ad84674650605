import { randomName } from "./dom";

/** That a film plays, or how much of it was seen by now; `seen_s` only grows, as long as the showing is the same. */
export interface Watched {
  what: "play" | "watch";
  /** Which showing: a film that is paused, looked at elsewhere and played on is still shown the first time. */
  showing: string;
  seen_s: number;
}

const EVERY_MS = 10_000;
const LEAST_S = 0.05;

/**
 * Tells how much of a film is watched: when it begins, and then now and then how much was seen, in all.
 *
 * It looks on and touches nothing. What was seen and not told yet is told when the page is hidden, and at `close`.
 */
export class Watching {
  private readonly listening = new AbortController();
  private showing = "";
  private told = 0;
  private timer = 0;

  /** `seen` gives the seconds of the film that were seen in this showing, those seen twice once. */
  constructor(
    private readonly seen: () => number,
    private readonly tell: (watched: Watched) => void,
  ) {
    const { signal } = this.listening;
    document.addEventListener("visibilitychange", () => this.report(), { signal });
    window.addEventListener("pagehide", () => this.report(), { signal });
  }

  /** It plays; may be called as often as one likes. */
  plays(): void {
    if (!this.showing) {
      this.showing = randomName();
      this.told = 0;
      this.tell({ what: "play", showing: this.showing, seen_s: 0 });
    }
    this.timer ||= window.setInterval(() => this.report(), EVERY_MS);
  }

  /** It stands still. */
  stands(): void {
    window.clearInterval(this.timer);
    this.timer = 0;
    this.report();
  }

  /** This showing is over: what plays next is another one. */
  ends(): void {
    this.stands();
    this.showing = "";
  }

  close(): void {
    this.ends();
    this.listening.abort();
  }

  private report(): void {
    if (!this.showing) return;
    const seen = this.seen();
    if (!(seen > this.told + LEAST_S)) return;
    this.told = seen;
    this.tell({ what: "watch", showing: this.showing, seen_s: seen });
  }
}

/**
 * Watch a video element or an image from its first picture on; gives what ends that.
 *
 * An element is one showing, however often it repeats. Of a moving image nobody knows how much was seen: that it was
 * shown is all that is told.
 */
export function watchMedia(shown: HTMLMediaElement | HTMLImageElement, tell: (watched: Watched) => void): () => void {
  const watching = new Watching(() => (shown instanceof HTMLMediaElement ? lengthOf(shown.played) : 0), tell);
  const ends = new AbortController();
  const { signal } = ends;
  const hear = (event: string, then: () => void): void => shown.addEventListener(event, then, { signal });
  if (shown instanceof HTMLImageElement) {
    hear("load", () => {
      watching.plays();
      watching.stands();
    });
  }
  hear("playing", () => watching.plays());
  for (const event of ["pause", "ended"]) hear(event, () => watching.stands());
  return () => {
    watching.close();
    ends.abort();
  };
}

function lengthOf(ranges: TimeRanges): number {
  let seconds = 0;
  for (let index = 0; index < ranges.length; index++) seconds += ranges.end(index) - ranges.start(index);
  return seconds;
}
