import { MAX_RATE, MIN_RATE, type EventName, type FilmInfo } from "./protocol";
import type { FrameDisplay } from "./frame-display";
import { Times } from "./times";

export interface PlaybackListener {
  /** Something that people see has changed. */
  changed(): void;
  /** The playhead was moved, or moved on. `exact`: it stands, or was put there. */
  moved(exact: boolean): void;
  /** This frame is on the screen while it plays. */
  played(frame: number): void;
  /** It was paused; the event comes when the picture stands. */
  paused(): void;
  event(name: EventName, frame: number): void;
}

/** How long playing may stand still before it counts as waiting. */
const WAITING_MS = 300;
/** How long after a pause a frame that was on its way may still come to the screen. */
const RESTING_MS = 150;

/** The playhead: where it is, whether it moves, and between which frames. */
export class Playback {
  film: FilmInfo | null = null;
  times = new Times(30, 1);
  /** Where the playhead is put; what is on screen follows. */
  target = 0;
  /** The frame on screen. */
  shown: number | null = null;
  playing = false;
  waiting = false;
  rate = 1;
  volume = 1;
  muted = false;
  loop = false;
  /** In and out points, half-open. */
  range: [number, number] | null = null;
  /** Whether anybody has played or moved it yet. */
  touched = false;

  private screen: FrameDisplay | null = null;
  private settled = true;
  private tells = true;
  private held = false;
  private advanced = 0;
  private ending = 0;
  private resting = 0;
  /** A pause was told with its frame: the screen stays at that. */
  private stays = false;
  private readonly timer: number;

  constructor(private readonly listener: PlaybackListener) {
    this.timer = window.setInterval(this.watch, 100);
  }

  /** First frame to play. */
  get start(): number {
    return this.range ? Math.min(this.range[0], this.last) : 0;
  }

  /** Frame after the last to play. */
  get stop(): number {
    return this.range ? Math.min(this.range[1], this.last + 1) : this.last + 1;
  }

  get last(): number {
    return this.film ? this.film.frames - 1 : 0;
  }

  setFilm(film: FilmInfo): void {
    this.film = film;
    this.times = new Times(...film.fps);
    if (this.target >= film.frames) this.seek(this.last);
    this.listener.changed();
  }

  /** Go on, on another screen that begins where the playhead is. */
  setScreen(screen: FrameDisplay): void {
    this.screen = screen;
    this.stays = false;
    screen.setRate(this.rate);
    screen.setVolume(this.volume, this.muted);
    if (this.playing && !this.held) screen.play();
    this.advanced = performance.now();
  }

  /** Put the playhead somewhere; `tells` whether that is news, or follows another player. */
  seek(frame: number, tells = true): void {
    if (!Number.isFinite(frame)) return;
    this.stopEnding();
    this.rest();
    this.stays = false;
    this.touched = true;
    this.target = Math.round(Math.max(0, this.film ? Math.min(frame, this.last) : frame));
    this.settled = false;
    this.tells = tells;
    this.advanced = performance.now();
    this.screen?.seek(this.target);
    if (this.playing && !this.held) this.screen?.play();
    this.listener.moved(true);
    this.listener.changed();
  }

  /** Seek by a number of frames; a playing film stops when it is moved by one. */
  step(frames: number): void {
    if (Math.abs(frames) === 1) this.pause();
    this.seek(this.target + frames);
  }

  play(): void {
    if (this.playing) return;
    this.rest();
    this.stays = false;
    this.playing = true;
    this.touched = true;
    this.advanced = performance.now();
    if (this.film && (this.target >= this.stop - 1 || this.target < this.start)) this.seek(this.start);
    else this.screen?.play();
    this.listener.event("play", this.target);
    this.listener.moved(true);
    this.listener.changed();
  }

  pause(): void {
    if (!this.playing) return;
    this.stopEnding();
    this.playing = false;
    this.waiting = false;
    this.screen?.pause();
    if (this.settled) this.target = this.shown ?? this.target;
    this.resting = window.setTimeout(this.rest, RESTING_MS);
    this.listener.paused();
    this.listener.moved(true);
    this.listener.changed();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Hold the picture while the scrubber is dragged, and go on afterwards. */
  hold(held: boolean): void {
    this.held = held;
    if (!this.playing) return;
    this.stopEnding();
    if (held) this.screen?.pause();
    else this.screen?.play();
    this.advanced = performance.now();
  }

  setRate(rate: number): void {
    this.rate = Math.min(MAX_RATE, Math.max(MIN_RATE, rate || 1));
    this.screen?.setRate(this.rate);
    this.listener.changed();
  }

  setVolume(volume: number, muted: boolean): void {
    this.volume = Math.min(1, Math.max(0, volume));
    this.muted = muted;
    this.screen?.setVolume(this.volume, muted);
    this.listener.changed();
  }

  setLoop(loop: boolean): void {
    this.loop = loop;
    this.listener.changed();
  }

  setRange(range: [number, number] | null): void {
    this.range = range && range[0] >= 0 && range[0] < range[1] ? range : null;
    this.listener.changed();
  }

  /** A picture of this frame is on screen until the playhead's own is; the playhead stays. */
  glimpse(frame: number): void {
    this.shown = frame;
    if (frame === this.target) this.settle();
    this.listener.changed();
  }

  /** The screen has come to this frame. */
  show(frame: number): void {
    const advances = frame !== this.shown;
    this.shown = frame;
    if (advances || !this.settled) this.advanced = performance.now();
    if (this.stays && frame !== this.target) return this.goBack();
    const moves = this.settled && frame !== this.target;
    if (this.playing ? !this.held : this.settled) this.target = frame;
    if (this.playing || frame === this.target) this.waiting = false;
    if (this.playing || frame === this.target) this.settle();
    if (moves) this.listener.moved(!this.playing);
    if (this.playing && !this.held) this.listener.played(frame);
    if (this.playing && !this.held && frame >= this.stop - 1) this.end();
    this.listener.changed();
  }

  /** The screen can't go on, or may not begin. */
  stopped(): void {
    if (!this.ending && !this.held) this.pause();
  }

  /** The last frame to play is on screen: let it stand for its time, then stop or begin again. */
  end(): void {
    if (this.ending || !this.playing || this.held) return;
    this.screen?.pause();
    this.ending = window.setTimeout(
      () => {
        this.ending = 0;
        if (this.loop) this.seek(this.start);
        else this.finish();
      },
      1000 / (this.times.fps * this.rate),
    );
  }

  close(): void {
    window.clearInterval(this.timer);
    this.stopEnding();
    this.rest();
  }

  /** The picture stands: tell of the pause, if there was one. */
  private readonly rest = (): void => {
    if (!this.resting) return;
    window.clearTimeout(this.resting);
    this.resting = 0;
    this.stays = this.settled;
    this.listener.event("pause", this.target);
  };

  /** A frame came later than any should after a pause: show again the one that was told. */
  private goBack(): void {
    this.stays = false; // once: a screen that can't is followed
    this.settled = this.tells = false;
    this.screen?.seek(this.target);
    this.listener.changed();
  }

  /** A seek has come to its end, if there was one. */
  private settle(): void {
    if (this.settled) return;
    this.settled = true;
    if (this.tells) this.listener.event("seeked", this.target);
  }

  private finish(): void {
    this.playing = false;
    this.waiting = false;
    this.target = this.stop - 1;
    if (this.shown !== this.target) this.screen?.seek(this.target);
    this.listener.event("ended", this.target);
    this.listener.moved(true);
    this.listener.changed();
  }

  private stopEnding(): void {
    window.clearTimeout(this.ending);
    this.ending = 0;
  }

  private readonly watch = (): void => {
    const frameMs = 1000 / (this.times.fps * this.rate);
    const stands = performance.now() - this.advanced > Math.max(WAITING_MS, 2 * frameMs);
    const waiting = this.playing && !this.held && !this.ending && stands;
    if (waiting === this.waiting) return;
    this.waiting = waiting;
    this.listener.changed();
  };
}
