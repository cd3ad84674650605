import type { FilmInfo } from "./protocol";
import type { FrameDisplay, DisplayListener } from "./frame-display";
import { Times } from "./times";

const TICK_MS = 33;

/** Shows a film by stills, where the browser can't play its preview: silent, and as fast as they come. */
export class StillDisplay implements FrameDisplay {
  private readonly times: Times;
  private rate = 1;
  private at: number;
  private began = 0;
  private timer = 0;
  private seeking = true;

  constructor(
    private readonly film: FilmInfo,
    frame: number,
    private readonly listener: Pick<DisplayListener, "missing">,
  ) {
    this.times = new Times(...film.fps);
    this.at = frame;
  }

  seek(frame: number): void {
    this.at = frame;
    this.seeking = true;
    this.began = performance.now();
    this.listener.missing(frame);
  }

  play(): void {
    this.pause();
    this.began = performance.now();
    this.timer = window.setInterval(() => this.listener.missing(this.current()), TICK_MS);
  }

  pause(): void {
    window.clearInterval(this.timer);
    if (this.timer) this.at = this.current();
    this.timer = 0;
  }

  setRate(rate: number): void {
    if (this.timer) this.at = this.current();
    this.began = performance.now();
    this.rate = rate;
  }

  still(frame: number): boolean {
    // One that was asked for before the playhead was moved is looked at, but plays no part.
    if (this.seeking && frame !== this.at && !(this.timer && frame > this.at && frame <= this.current())) return false;
    this.seeking = false;
    return true;
  }

  close(): void {
    this.pause();
  }

  shows(): boolean {
    return false;
  }

  buffered(): [number, number][] {
    return [];
  }

  held(): [number[], number[]] {
    return [[], []];
  }

  setVolume(): void {
    // Stills are silent, and nothing is streamed to them.
  }

  addSegment(): void {
    // See above.
  }

  addSound(): void {
    // See above.
  }

  dropSound(): void {
    // See above.
  }

  private current(): number {
    const played = ((performance.now() - this.began) / 1000) * this.rate;
    return Math.min(this.film.frames - 1, this.at + this.times.frameAt(played));
  }
}
