import { element, put } from "../dom";
import type { Model } from "../model";
import type { AnyPush, FilmInfo, Problem, Traits } from "../protocol";
import type { Bytes } from "../requests";
import { capture } from "./capture";
import { Controls } from "./controls";
import { Fallback } from "./fallback";
import { Help } from "./help";
import { Keys } from "./keys";
import type { Actions } from "./look";
import { Overlay } from "./overlay";
import { Playback } from "./playback";
import type { Screen, ScreenListener } from "./screen";
import { Scrubber } from "./scrubber";
import { Session } from "./session";
import { SlideScreen } from "./slides";
import { Stage } from "./stage";
import { Stills } from "./stills";
import { supports } from "./supports";
import { Thumbnails } from "./thumbnails";
import { type Followed, type Origin, SyncedTraits } from "./traits";
import { VideoScreen } from "./video";

const LOST = "The kernel does not answer: it is busy or gone.";
const NOBODY = "No kernel is running this player: run the cell to play it.";
const PLAYHEAD_EVERY_MS = 250;
/** A browser that fails this often to play a film gets stills. */
const FAILURES = 2;

/** One player on the page. */
export class View {
  private readonly root: HTMLElement;
  private readonly stage = new Stage();
  private readonly overlay = new Overlay();
  private readonly help: Help;
  private readonly quiet = element("p", "bz-quiet", { hidden: true }, NOBODY);
  private readonly controls: Controls;
  private readonly scrubber: Scrubber;
  private readonly keys: Keys;
  private readonly playback: Playback;
  private readonly session: Session;
  private readonly stills: Stills;
  private readonly thumbnails: Thumbnails;
  private readonly traits: SyncedTraits;
  private readonly fallback: Fallback;
  private readonly listening = new AbortController();
  private readonly watching: IntersectionObserver;
  private screen: Screen | null = null;
  private problem: Problem | null = null;
  private isLost = false;
  private isInView = true;
  /** The film as it is played: without its sound where that can't be had. */
  private streamed: FilmInfo | null = null;
  private isDeaf = false;
  private failures = 0;
  private refused = false;
  private painting = 0;
  private reported = 0;

  constructor(model: Model<Traits>, el: HTMLElement) {
    const actions = this.actions();
    this.playback = new Playback({
      changed: () => this.repaint(),
      moved: (exact) => this.moved(exact),
      event: (name, frame) => this.session.event(name, frame),
    });
    this.traits = new SyncedTraits(model, (name, origin) => this.follow(name, origin));
    this.session = new Session(model, {
      opened: (film) => this.opened(film),
      refused: (problem) => this.refuse(problem),
      unanswered: () => this.unanswered(),
      push: (push, bytes) => this.receive(push, bytes),
      lost: (lost) => this.lost(lost),
      seen: () => this.isInView && !document.hidden,
      frame: () => this.playback.target,
    });
    const generation = (): number => this.session.generation;
    const width = (): number => this.playback.film?.preview[0] ?? 0;
    this.stills = new Stills(this.session.requests, { width, idle: false, generation }, ({ frame, blob }) =>
      this.bridge(frame, blob),
    );
    this.thumbnails = new Thumbnails(this.session.requests, generation);
    this.fallback = new Fallback(this.traits.get("fallback"));
    this.controls = new Controls(actions);
    this.scrubber = new Scrubber(actions, this.thumbnails);
    this.stage.node.append(this.overlay.node);
    const body = element("div", "bz-body", {}, this.stage.node, this.scrubber.node, this.controls.node);
    this.root = element("div", "bazaar-player", { role: "region", tabindex: 0, "aria-label": "Video player" }, body, this.quiet);
    this.help = new Help(this.root);
    body.append(this.help.node);
    this.keys = new Keys(this.root, { ...actions, escape: () => this.help.hide() || this.overlay.hideProblem() }, this.playback);
    this.watching = new IntersectionObserver(([entry]) => (this.isInView = entry?.isIntersecting ?? true));
    this.watching.observe(this.root);
    this.listen();
    this.begin();
    el.append(this.root);
  }

  close(): void {
    window.cancelAnimationFrame(this.painting);
    this.painting = -1; // nothing is painted any more
    this.listening.abort();
    this.watching.disconnect();
    this.keys.close();
    this.playback.close();
    this.screen?.close();
    this.stills.close();
    this.thumbnails.close();
    this.stage.close();
    this.overlay.close();
    this.traits.close();
    this.session.close();
    this.fallback.close();
    this.root.remove();
  }

  private actions(): Actions {
    return {
      toggle: () => this.playback.toggle(),
      pause: () => this.playback.pause(),
      seek: (frame) => this.playback.seek(frame),
      step: (frames) => this.playback.step(frames),
      hold: (held) => this.playback.hold(held),
      setRate: (rate) => this.set("rate", () => this.playback.setRate(rate)),
      setVolume: (volume, muted) => {
        this.playback.setVolume(volume, muted);
        this.traits.report("volume", this.playback.volume);
        this.traits.report("muted", this.playback.muted);
      },
      setLoop: (loop) => this.set("loop", () => this.playback.setLoop(loop)),
      markIn: () => this.mark(this.playback.target, null),
      markOut: () => this.mark(null, this.playback.target + 1),
      clearRange: (which) => this.clearRange(which),
      fullscreen: () => this.toggleFullscreen(),
      capture: (how) => void this.capture(how),
      help: () => this.help.toggle(),
    };
  }

  private set(name: "rate" | "loop" | "range", change: () => void): void {
    change();
    this.traits.report(name, this.playback[name]);
  }

  /** Set an in or an out point; the other one gives way where they would cross. */
  private mark(start: number | null, stop: number | null): void {
    const { range, film } = this.playback;
    if (!film) return;
    const [oldStart, oldStop] = range ?? [0, film.frames];
    const from = start ?? (oldStart < stop! ? oldStart : 0);
    const to = stop ?? (oldStop > from ? oldStop : film.frames);
    this.set("range", () => this.playback.setRange([from, to]));
  }

  private clearRange(which: "in" | "out" | "both"): void {
    const { range, film } = this.playback;
    if (!film || !range) return;
    const from = which === "out" ? range[0] : 0;
    const to = which === "in" ? range[1] : film.frames;
    const isAll = from === 0 && to >= film.frames;
    this.set("range", () => this.playback.setRange(isAll ? null : [from, to]));
  }

  private toggleFullscreen(): void {
    if (document.fullscreenElement === this.root) void document.exitFullscreen();
    else this.root.requestFullscreen?.().catch(() => this.overlay.toast("Full screen is not allowed here"));
  }

  private async capture(how: "copy" | "download"): Promise<void> {
    const { film, shown, target } = this.playback;
    if (film) this.overlay.toast(await capture(this.session.requests, film, shown ?? target, how));
  }

  private listen(): void {
    const { signal } = this.listening;
    document.addEventListener("fullscreenchange", () => this.repaint(), { signal });
    this.overlay.bigPlay.addEventListener("click", () => this.playback.play(), { signal });
    this.stage.node.addEventListener("pointerdown", () => this.root.focus({ preventScroll: true }), { signal });
    for (const node of [this.stage.video, this.stage.node.querySelector(".bz-above")!]) {
      node.addEventListener("click", () => this.playback.toggle(), { signal });
      node.addEventListener("dblclick", () => this.toggleFullscreen(), { signal });
    }
  }

  /** Take over what the traits say, and ask for the film. */
  private begin(): void {
    for (const name of ["shape", "width", "rate", "volume", "loop", "range"] as const) this.follow(name, "outside");
    this.playback.target = Math.max(0, this.traits.get("frame"));
    this.root.hidden = this.fallback.exists;
    this.paint();
    this.session.open();
  }

  /** A trait has changed elsewhere. */
  private follow(name: Followed, origin: Origin): void {
    const { playback, traits } = this;
    switch (name) {
      case "frame":
        if (origin !== "outside" && playback.playing) return;
        if (traits.get("frame") !== playback.target || !playback.touched) playback.seek(traits.get("frame"));
        return;
      case "playing":
        if (!traits.get("playing")) playback.pause();
        else if (origin !== "sibling") playback.play();
        return;
      case "rate":
        return playback.setRate(traits.get("rate"));
      case "volume":
      case "muted":
        return playback.setVolume(traits.get("volume"), traits.get("muted"));
      case "loop":
        return playback.setLoop(traits.get("loop"));
      case "range":
        return playback.setRange(traits.get("range"));
      case "width":
        this.root.style.width = traits.get("width") ?? "";
        return;
      case "shape": {
        const [width, height] = traits.get("shape");
        this.root.style.setProperty("--bz-shape", String(width / height || 16 / 9));
        this.root.style.setProperty("--bz-wide", `${Math.max(320, width)}px`);
      }
    }
  }

  private opened(film: FilmInfo): void {
    const isFirst = this.playback.film === null;
    this.appear();
    this.lost(false);
    this.solve();
    this.load(film);
    if (!isFirst) return;
    const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (this.traits.get("playing") || (this.traits.get("autoplay") && !isCalm)) this.playback.play();
  }

  /** There is a kernel: what shows without one goes. */
  private appear(): void {
    this.fallback.hide();
    this.root.hidden = false;
    this.root.classList.remove("bz-nobody");
    this.quiet.hidden = true;
  }

  private refuse(problem: Problem): void {
    this.appear();
    this.trouble(problem);
  }

  private unanswered(): void {
    const hasFallback = this.fallback.exists;
    this.root.hidden = false;
    this.root.classList.toggle("bz-nobody", hasFallback);
    this.quiet.hidden = false;
  }

  private receive(push: AnyPush, bytes: Bytes | null): void {
    switch (push.kind) {
      case "film":
        return this.load(push.film);
      case "picture":
        if (bytes) this.picture(push.frame, new Blob([bytes], { type: "image/jpeg" }));
        return;
      case "segment":
        if (bytes) this.screen?.addSegment(push.index, push.generation, bytes);
        return;
      case "sound":
        if (bytes) this.screen?.addSound(push.index, push.offset_s, bytes);
        return;
      case "problem":
        return this.trouble(push.problem);
      case "solved":
        return this.solve();
    }
  }

  private trouble(problem: Problem): void {
    this.problem = problem;
    this.overlay.showProblem(problem);
    if (problem.code === "sound") this.hear(false);
    this.repaint();
  }

  private solve(): void {
    this.problem = null;
    this.overlay.hideProblem();
    this.hear(true);
    this.repaint();
  }

  /** Play with the film's sound, or without: pictures must not wait for a sound that never comes. */
  private hear(hears: boolean): void {
    const { film } = this.playback;
    if (this.isDeaf !== hears || !film) return;
    this.isDeaf = !hears;
    this.load(film);
  }

  /** A new film, or a new form of it; what is buffered stays where the layout is the same. */
  private load(film: FilmInfo): void {
    this.playback.setFilm(film);
    if (film.generation !== this.streamed?.generation) {
      this.thumbnails.clear();
      this.scrubber.refresh();
    }
    put(this.root, "aria-label", `Video player: ${film.name}`);
    const old = this.streamed;
    this.streamed = this.isDeaf ? { ...film, sound_mime: null, sound_key: null } : film;
    if (!old || !this.screen || layout(old) !== layout(this.streamed)) this.build(this.streamed);
    else if (old.sound_key !== this.streamed.sound_key) this.screen.dropSound();
  }

  private build(film: FilmInfo): void {
    this.stage.freeze();
    if (this.screen) {
      this.session.forget(...this.screen.held());
      this.screen.close();
    }
    const frame = this.playback.target;
    const streams = supports(film.video_mime) && (film.sound_mime === null || supports(film.sound_mime));
    const listener = this.screenListener();
    this.screen = streams
      ? new VideoScreen(film, this.stage.video, frame, listener)
      : new SlideScreen(film, frame, listener);
    this.playback.setScreen(this.screen);
  }

  private screenListener(): ScreenListener {
    return {
      shown: (frame) => {
        if (this.screen instanceof VideoScreen) this.uncover();
        this.see(frame);
      },
      missing: (frame) => this.stills.want(frame),
      ended: () => this.playback.end(),
      stopped: () => this.playback.stopped(),
      refused: () => {
        this.refused = true;
        this.playback.pause();
      },
      buffered: () => this.repaint(),
      dropped: (segments, sounds) => this.session.forget(segments, sounds),
      failed: () => this.fail(),
    };
  }

  /** The browser could not play: once more from the beginning, then by stills. */
  private fail(): void {
    this.failures += 1;
    this.session.event("error", this.playback.target);
    this.streamed = null; // what is buffered is of no use
    if (this.failures >= FAILURES) this.session.withoutStream();
    else this.session.open();
  }

  private uncover(): void {
    this.stills.cancel();
    this.stage.uncover();
  }

  private see(frame: number): void {
    put(this.root, "data-frame", String(frame));
    this.playback.show(frame);
  }

  /** The kernel's picture of the frame under the playhead: it comes before the segment. */
  private picture(frame: number, blob: Blob): void {
    const isWanted = this.playback.shown === null || (frame === this.playback.target && !this.playback.playing);
    if (this.screen?.shows(frame, this.session.generation)) return;
    if (isWanted) this.stage.cover(blob, () => this.see(frame));
  }

  /** A still that was asked for because the video does not have the frame. */
  private bridge(frame: number, blob: Blob): void {
    if (this.screen instanceof VideoScreen && frame !== this.playback.target) return;
    this.stage.cover(blob, () => {
      if (this.screen instanceof SlideScreen) this.screen.still(frame);
      else this.see(frame);
    });
  }

  private lost(lost: boolean): void {
    this.isLost = lost;
    this.overlay.stand(lost ? LOST : "");
    this.repaint();
  }

  private moved(exact: boolean): void {
    const { target, playing, rate } = this.playback;
    this.traits.reportFrame(target, exact);
    this.traits.report("playing", playing);
    const now = performance.now();
    if (!exact && now - this.reported < PLAYHEAD_EVERY_MS) return;
    this.reported = now;
    this.session.look({ frame: target, playing, rate });
  }

  private repaint(): void {
    if (!this.painting) this.painting = window.requestAnimationFrame(() => this.paint());
    this.root.dataset.state = this.state();
  }

  private paint(): void {
    this.painting = 0;
    const { playback } = this;
    this.root.dataset.state = this.state();
    const isUntouched = playback.film !== null && !playback.touched && playback.shown !== null;
    this.overlay.bigPlay.hidden = playback.playing || !(isUntouched || this.refused);
    this.overlay.wait(playback.waiting);
    const look = {
      playback,
      buffered: this.screen?.buffered() ?? [],
      fullscreen: document.fullscreenElement === this.root,
    };
    this.controls.show(look);
    this.scrubber.show(look);
  }

  private state(): string {
    if (this.isLost) return "lost";
    if (this.problem) return "problem";
    if (this.playback.film === null || this.playback.shown === null) return "loading";
    if (this.playback.waiting) return "waiting";
    return this.playback.playing ? "playing" : "ready";
  }
}

/** What must be the same for a media source to go on with a changed film. */
function layout(film: FilmInfo): string {
  return JSON.stringify([film.fps, film.preview, film.edges, film.video_mime, film.sound_mime]);
}
