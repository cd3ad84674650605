import type { FilmInfo } from "../protocol";
import type { Bytes } from "../requests";
import type { Playback } from "./playback";
import type { Screen, ScreenListener } from "./screen";
import type { Session } from "./session";
import { SlideScreen } from "./slides";
import { Stage } from "./stage";
import { Stills } from "./stills";
import { supports } from "./supports";
import { VideoScreen } from "./video";

/** A browser that fails this often to play a film gets stills. */
const FAILURES = 2;

export interface ProjectorListener {
  /** This frame is on screen. */
  seen(frame: number): void;
  /** The browser does not play before somebody has clicked. */
  refused(): void;
  /** More is buffered, or less. */
  buffered(): void;
}

/** Puts a film on the stage: by a video, bridged by stills, or by stills alone. */
export class Projector {
  readonly stage = new Stage();
  private readonly stills: Stills;
  private screen: Screen | null = null;
  /** The film as it is streamed: without its sound where that can't be had. */
  private streamed: FilmInfo | null = null;
  private badSound: string | null = null;
  private failures = 0;

  constructor(
    private readonly session: Session,
    private readonly playback: Playback,
    private readonly listener: ProjectorListener,
  ) {
    const width = (): number => this.streamed?.preview[0] ?? 0;
    const generation = (): number => session.generation;
    this.stills = new Stills(session.requests, { width, idle: false, generation }, ({ frame, blob }) =>
      this.bridge(frame, blob),
    );
  }

  /** A new film, or a new form of it; what is buffered stays where the layout is the same. */
  load(film: FilmInfo): void {
    const old = this.streamed;
    const isSilent = film.sound_key === this.badSound;
    this.streamed = isSilent ? { ...film, sound_mime: null, sound_key: null } : film;
    if (!this.screen || !old || layout(old) !== layout(this.streamed)) this.build(this.streamed);
    else if (old.sound_key !== this.streamed.sound_key) this.screen.dropSound();
  }

  /** Go on without sound until there is another: pictures must not wait for what never comes. */
  doWithoutSound(film: FilmInfo): void {
    if (!film.sound_key || film.sound_key === this.badSound) return;
    this.badSound = film.sound_key;
    this.load(film);
  }

  /** The kernel's picture of the frame under the playhead: it comes before the segment. */
  addPicture(frame: number, bytes: Bytes): void {
    const { shown, target, playing } = this.playback;
    const isWanted = shown === null || (frame === target && !playing);
    if (!isWanted || this.screen?.shows(frame, this.session.generation)) return;
    this.stage.cover(new Blob([bytes], { type: "image/jpeg" }), () => this.listener.seen(frame));
  }

  addSegment(index: number, generation: number, bytes: Bytes): void {
    this.screen?.addSegment(index, generation, bytes);
  }

  addSound(index: number, offset: number, bytes: Bytes): void {
    this.screen?.addSound(index, offset, bytes);
  }

  /** Runs of frames that are at hand, half-open. */
  buffered(): [number, number][] {
    return this.screen?.buffered() ?? [];
  }

  close(): void {
    this.screen?.close();
    this.stills.close();
    this.stage.close();
  }

  private build(film: FilmInfo): void {
    this.stage.freeze();
    if (this.screen) {
      this.session.forget(...this.screen.held());
      this.screen.close();
    }
    const streams = supports(film.video_mime) && (film.sound_mime === null || supports(film.sound_mime));
    const { target } = this.playback;
    this.screen = streams
      ? new VideoScreen(film, this.stage.video, target, this.screenListener())
      : new SlideScreen(film, target, this.screenListener());
    this.playback.setScreen(this.screen);
  }

  private screenListener(): ScreenListener {
    return {
      shown: (frame) => {
        if (this.screen instanceof VideoScreen) {
          this.stills.cancel();
          this.stage.uncover();
        }
        this.listener.seen(frame);
      },
      missing: (frame) => this.stills.want(frame),
      ended: () => this.playback.end(),
      stopped: () => this.playback.stopped(),
      refused: () => this.listener.refused(),
      buffered: () => this.listener.buffered(),
      dropped: (segments, sounds) => this.session.forget(segments, sounds),
      failed: () => this.fail(),
    };
  }

  /** The browser could not play: once more from the beginning, then by stills. */
  private fail(): void {
    if (!this.streamed) return; // told already
    this.failures += 1;
    this.session.event("error", this.playback.target);
    this.streamed = null; // what is buffered is of no use
    if (this.failures >= FAILURES) this.session.withoutStream();
    else this.session.open();
  }

  /** A still that was asked for because the screen does not have the frame. */
  private bridge(frame: number, blob: Blob): void {
    if (this.screen instanceof VideoScreen && this.playback.shown === this.playback.target) return;
    this.stage.cover(blob, () => {
      if (this.screen instanceof SlideScreen) this.screen.still(frame);
      else this.listener.seen(frame);
    });
  }
}

/** What must be the same for a media source to go on with a changed film. */
function layout(film: FilmInfo): string {
  return JSON.stringify([film.fps, film.preview, film.edges, film.video_mime, film.sound_mime]);
}
