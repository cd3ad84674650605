import type { FilmInfo } from "./protocol";
import type { Bytes } from "./requests";
import type { FrameDisplay, DisplayListener } from "./frame-display";
import { Stream } from "./stream";
import { Times } from "./times";

const TELLS = "requestVideoFrameCallback" in HTMLVideoElement.prototype;
/** How long after a seek its frame is taken as shown although the browser did not say so. */
const SETTLE_MS = TELLS ? 300 : 50;
/** How often a video that can be seen is asked again to present the frame. */
const NUDGES = 3;
/** How long a playing video may present nothing before its clock is asked: hidden pages present nothing. */
const SILENT_MS = 400;

/** Shows a film through a media element and Media Source Extensions. */
export class VideoDisplay implements FrameDisplay {
  private readonly times: Times;
  private readonly stream: Stream;
  private readonly listening = new AbortController();
  private readonly timer: number;
  private target = 0;
  /** The frame that was presented last. */
  private frame = 0;
  private seeking = true;
  private playing = false;
  /** Whether the media element waits for pictures; a sound would go on without them for seconds. */
  private starving = false;
  private presented = 0;
  private settling = 0;
  private nudges = 0;
  private request = 0;

  constructor(
    private readonly film: FilmInfo,
    private readonly video: HTMLVideoElement,
    frame: number,
    private readonly listener: DisplayListener,
  ) {
    this.times = new Times(...film.fps);
    const { signal } = this.listening;
    video.addEventListener("loadedmetadata", this.jump, { signal });
    video.addEventListener("seeked", this.settle, { signal });
    video.addEventListener("pause", this.paused, { signal });
    video.addEventListener("ended", () => listener.ended(), { signal });
    video.addEventListener("error", () => video.error && listener.failed("picture"), { signal });
    this.target = frame;
    this.stream = new Stream(film, video, {
      changed: () => listener.buffered(),
      segment: (index, again) => this.arrived(index, again),
      dropped: (segments, sounds) => listener.dropped(segments, sounds),
      failed: (what) => listener.failed(what),
    });
    this.timer = window.setInterval(this.watch, SILENT_MS / 2);
    this.awaitFrame();
  }

  seek(frame: number): void {
    this.target = frame;
    this.seeking = true;
    this.nudges = 0;
    this.feed();
    this.stream.lookAt(frame);
    window.clearTimeout(this.settling);
    this.jump();
    if (!this.stream.has(frame)) this.listener.missing(frame);
  }

  play(): void {
    this.playing = true;
    this.starving = false;
    this.run();
    this.feed();
  }

  pause(): void {
    this.playing = false;
    this.starving = false;
    this.video.pause();
  }

  setRate(rate: number): void {
    this.video.defaultPlaybackRate = rate; // a new source begins with this one
    this.video.playbackRate = rate;
  }

  setVolume(volume: number, muted: boolean): void {
    this.video.volume = volume;
    this.video.muted = muted;
  }

  shows(frame: number, generation: number): boolean {
    return !this.seeking && this.here() === frame && this.stream.generationOf(frame) === generation;
  }

  buffered(): [number, number][] {
    return this.stream.buffered();
  }

  held(): [number[], number[]] {
    return this.stream.held();
  }

  addSegment(index: number, generation: number, bytes: Bytes): void {
    void this.stream.addSegment(index, generation, bytes);
  }

  addSound(index: number, offset: number, bytes: Bytes): void {
    void this.stream.addSound(index, offset, bytes);
  }

  dropSound(): void {
    this.stream.dropSound();
  }

  still(): boolean {
    return false;
  }

  close(): void {
    this.listening.abort();
    window.clearInterval(this.timer);
    window.clearTimeout(this.settling);
    this.video.cancelVideoFrameCallback?.(this.request);
    this.stream.close();
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
  }

  /** Before the film's data says so, the media element can't seek: this is done again then. */
  private readonly jump = (): void => {
    if (this.video.readyState < HTMLMediaElement.HAVE_METADATA) return;
    this.video.currentTime = this.times.middle(this.target);
  };

  private arrived(index: number, again: boolean): void {
    const here = this.seeking ? this.target : this.here();
    // What is on screen was decoded from the older segment: have it decoded anew.
    if (again && this.stream.segmentOf(here) === index) this.seek(here);
    this.feed();
  }

  private run(): void {
    this.video.play().catch((error: unknown) => {
      // Other errors end a play that was overtaken: by a pause, or a new source.
      if (this.playing && error instanceof DOMException && error.name === "NotAllowedError") this.listener.refused();
    });
  }

  /** Halt where the next picture is missing, and go on when it is there. */
  private feed(): void {
    const next = Math.min(Math.max(this.frame, this.current()) + 1, this.film.frames - 1);
    const starving = this.playing && !this.seeking && !this.stream.hasPicture(next);
    if (starving === this.starving) return;
    this.starving = starving;
    if (starving) this.video.pause();
    else this.run();
  }

  /** What is on screen. A frame may be presented a little before the clock comes to it, and stay when that stops. */
  private here(): number {
    return this.playing ? this.current() : this.frame;
  }

  private current(): number {
    return this.times.frameAt(this.video.currentTime);
  }

  private awaitFrame(): void {
    this.request =
      this.video.requestVideoFrameCallback?.((_now, { mediaTime }) => {
        this.awaitFrame();
        this.present(this.times.frame(mediaTime));
      }) ?? 0;
  }

  private present(frame: number): void {
    if (this.seeking) {
      // Frames from before the seek may still come; when playing the first ones after it may be skipped.
      const late = frame - this.target;
      if (late !== 0 && !(this.playing && late > 0 && late < this.times.fps / 2)) return;
      this.seeking = false;
      window.clearTimeout(this.settling);
    }
    if (frame >= this.film.frames) return;
    this.presented = performance.now();
    this.frame = frame;
    this.stream.lookAt(frame);
    this.feed();
    this.listener.shown(frame);
  }

  /** A seek has ended: its frame is on screen, or will be in a moment. */
  private readonly settle = (): void => {
    window.clearTimeout(this.settling);
    this.settling = window.setTimeout(() => {
      if (!this.seeking || this.video.seeking || this.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
      const asksAgain = TELLS && !document.hidden && ++this.nudges <= NUDGES;
      if (asksAgain) this.jump();
      else this.present(this.target);
    }, SETTLE_MS);
  };

  private readonly watch = (): void => {
    if (!this.playing || this.seeking || this.video.paused) return;
    const frame = this.current();
    const isBuffered = this.video.readyState > HTMLMediaElement.HAVE_CURRENT_DATA;
    if (isBuffered && performance.now() - this.presented > SILENT_MS) this.present(frame);
    else this.feed();
  };

  private readonly paused = (): void => {
    if (this.playing && !this.starving && this.video.paused && !this.video.ended && this.video.readyState > 0) this.listener.stopped();
  };
}
