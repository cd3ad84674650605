import type { FilmInfo } from "./protocol";
import type { Bytes } from "./requests";
import type { Playback } from "./playback";
import type { FrameDisplay, DisplayListener } from "./frame-display";
import type { Session } from "./session";
import { StillDisplay } from "./still-display";
import { Picture } from "./picture";
import { Stills } from "./stills";
import { supports } from "./supports";
import { VideoDisplay } from "./video-display";

/** A browser that fails this often to play a film gets stills. */
const FAILURES = 2;

export interface FilmDisplayListener {
  /** This frame is on screen. `passing`: until the one that is wanted can be shown. */
  seen(frame: number, passing: boolean): void;
  /** The browser does not play before somebody has clicked. */
  refused(): void;
  /** More is buffered, or less. */
  buffered(): void;
}

/** Puts a film on the stage: by a video, bridged by stills, or by stills alone. */
export class FilmDisplay {
  readonly stage = new Picture();
  private readonly stills: Stills;
  private screen: FrameDisplay | null = null;
  /** The film as it is streamed: without its sound where that can't be had. */
  private streamed: FilmInfo | null = null;
  private badSound: string | null = null;
  private failures = 0;

  constructor(
    private readonly session: Session,
    private readonly playback: Playback,
    private readonly listener: FilmDisplayListener,
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
    const isOther = !this.screen || !old || layout(old) !== layout(this.streamed);
    if (isOther) this.stage.freeze(); // before the playhead moves: a video that seeks may have no picture
    this.playback.setFilm(film);
    if (isOther) {
      // The kernel sends anew what it cut anew. With another sound alone it would not.
      if (this.screen && old && cuts(old) === cuts(this.streamed)) this.session.forget(this.screen.held()[0], []);
      this.build(this.streamed);
    } else if (old.sound_key !== this.streamed.sound_key) this.screen?.dropSound();
  }

  /** Go on without sound until there is another: pictures must not wait for what never comes. */
  doWithoutSound(film: FilmInfo): void {
    if (!film.sound_key || film.sound_key === this.badSound) return;
    this.badSound = film.sound_key;
    this.load(film);
  }

  /** The kernel's picture of the frame under the playhead: it comes before the segment. */
  addPicture(frame: number, bytes: Bytes): void {
    const isWanted = (): boolean => {
      const { shown, target, playing } = this.playback;
      return (shown === null || (frame === target && !playing)) && !this.screen?.shows(frame, this.session.generation);
    };
    if (isWanted()) this.cover(frame, new Blob([bytes], { type: "image/jpeg" }), isWanted);
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
    this.screen?.close();
    const streams = supports(film.video_mime) && (film.sound_mime === null || supports(film.sound_mime));
    const { target } = this.playback;
    this.screen = streams
      ? new VideoDisplay(film, this.stage.video, target, this.screenListener())
      : new StillDisplay(film, target, this.screenListener());
    this.playback.setScreen(this.screen);
  }

  private screenListener(): DisplayListener {
    return {
      shown: (frame) => {
        if (this.screen instanceof VideoDisplay) {
          this.stills.cancel();
          this.stage.uncover();
        }
        this.listener.seen(frame, false);
      },
      missing: (frame) => this.stills.want(frame),
      ended: () => this.playback.end(),
      stopped: () => this.playback.stopped(),
      refused: () => this.listener.refused(),
      buffered: () => this.listener.buffered(),
      dropped: (segments, sounds) => this.session.forget(segments, sounds),
      failed: (what) => this.fail(what),
    };
  }

  /** The browser could not play: without sound, or once more from the beginning, then by stills. */
  private fail(what: "picture" | "sound"): void {
    if (!this.streamed) return; // told already
    this.session.event("error", this.playback.target);
    if (what === "sound") return this.doWithoutSound(this.streamed);
    this.failures += 1;
    this.streamed = null; // what is buffered is of no use
    if (this.failures >= FAILURES) this.session.withoutStream();
    else this.session.open();
  }

  /** A still that was asked for because the screen does not have the frame. */
  private bridge(frame: number, blob: Blob): void {
    const isWanted = (): boolean =>
      this.screen instanceof StillDisplay || this.playback.shown !== this.playback.target;
    if (isWanted()) this.cover(frame, blob, isWanted);
  }

  private cover(frame: number, blob: Blob, isWanted: () => boolean): void {
    this.stage.cover(blob, isWanted, () => this.listener.seen(frame, !this.screen?.still(frame)));
  }
}

/** What must be the same for a media source to go on with a changed film. */
function layout(film: FilmInfo): string {
  return JSON.stringify([cuts(film), film.sound_mime]);
}

/** What must be the same for segments to fit. */
function cuts({ fps, preview, edges, video_mime }: FilmInfo): string {
  return JSON.stringify([fps, preview, edges, video_mime]);
}
