import { element, put, say, treeOf } from "../dom";
import { sayLost, sayOf, type Silence } from "../kernel-watch";
import type { Model, WidgetHost } from "../model";
import type { AnyPush, EventName, FilmInfo, Problem, Traits } from "./protocol";
import type { Bytes } from "./requests";
import { Watching } from "../watched-time";
import { Commands } from "./commands";
import { Controls } from "./controls";
import { ExportDrawer } from "./export";
import { Fallback } from "./fallback";
import { Help } from "./help";
import { Keys } from "./keys";
import { Overlay } from "./overlay";
import { Playback } from "./playback";
import { FilmDisplay } from "./film-display";
import { Scrubber } from "./scrubber";
import { SeenFrames } from "./seen-frames";
import { Session } from "./session";
import { Thumbnails } from "./thumbnails";
import { type Followed, type Origin, SyncedTraits } from "./traits";

const WHAT = ["this player", "to play it"] as const;
const PLAYHEAD_EVERY_MS = 250;

/** One player on the page. */
export class View {
  private readonly root = element("div", "bazaar-player", {
    role: "region",
    tabindex: 0,
    "aria-label": "Video player",
  });
  private readonly overlay = new Overlay();
  private readonly help = new Help(this.root);
  private readonly quiet = element("p", "bz-quiet", { hidden: true });
  private readonly controls: Controls;
  private readonly scrubber: Scrubber;
  private readonly keys: Keys;
  private readonly playback: Playback;
  private readonly session: Session;
  private readonly projector: FilmDisplay;
  private readonly thumbnails: Thumbnails;
  private readonly traits: SyncedTraits;
  private readonly fallback: Fallback;
  private readonly drawer: ExportDrawer;
  private readonly listening = new AbortController();
  private readonly visible: IntersectionObserver;
  private readonly seen = new SeenFrames();
  private readonly watching = new Watching(
    () => this.seen.seconds,
    (watched) => this.session.engaged(watched),
  );
  private problem: Problem | null = null;
  private isLost = false;
  private isInView = true;
  private refused = false;
  private painting = 0;
  private reported = 0;

  constructor(model: Model<Traits>, el: HTMLElement, host?: WidgetHost) {
    this.playback = new Playback({
      changed: () => this.repaint(),
      moved: (exact) => this.moved(exact),
      played: (frame) => this.played(frame),
      paused: () => this.paused(),
      event: (name, frame) => this.happened(name, frame),
    });
    this.traits = new SyncedTraits(model, (name, origin) => this.follow(name, origin));
    this.session = new Session(model, {
      opened: (film) => this.opened(film),
      refused: (problem) => this.refuse(problem),
      unanswered: (why) => this.unanswered(why),
      push: (push, bytes) => this.receive(push, bytes),
      lost: (lost, why) => this.lost(sayLost(why, ...WHAT), lost),
      seen: () => this.isInView && !document.hidden,
      frame: () => this.playback.target,
    });
    this.projector = new FilmDisplay(this.session, this.playback, {
      seen: (frame, passing) => this.see(frame, passing),
      refused: () => this.waitForClick(),
      buffered: () => this.repaint(),
    });
    this.thumbnails = new Thumbnails(this.session.requests, () => this.session.generation);
    this.fallback = new Fallback(this.traits.get("fallback"));
    const { root, playback, traits, overlay, help } = this;
    this.drawer = new ExportDrawer(model, this.session.requests, host);
    const commands = new Commands(root, playback, traits, this.session.requests, overlay, help, this.drawer);
    this.controls = new Controls(commands);
    this.scrubber = new Scrubber(commands, this.thumbnails);
    this.keys = new Keys(root, commands, playback);
    const { stage } = this.projector;
    stage.node.append(overlay.node);
    root.append(
      element("div", "bz-body", {}, stage.node, this.scrubber.node, this.controls.node, help.node),
      this.quiet,
    );
    this.visible = new IntersectionObserver(([entry]) => (this.isInView = entry?.isIntersecting ?? true));
    this.visible.observe(root);
    this.listen(commands);
    this.begin();
    el.append(root, this.drawer.node);
  }

  close(): void {
    window.cancelAnimationFrame(this.painting);
    this.painting = -1; // nothing is painted any more
    this.listening.abort();
    this.visible.disconnect();
    this.watching.close();
    this.keys.close();
    this.playback.close();
    this.projector.close();
    this.thumbnails.close();
    this.overlay.close();
    this.traits.close();
    this.session.close();
    this.fallback.close();
    this.drawer.close();
    this.root.remove();
  }

  private listen(commands: Commands): void {
    const { signal } = this.listening;
    document.addEventListener("fullscreenchange", () => this.repaint(), { signal });
    this.overlay.bigPlay.addEventListener("click", () => this.playback.play(), { signal });
    const { stage } = this.projector;
    stage.node.addEventListener("pointerdown", () => this.root.focus({ preventScroll: true }), { signal });
    for (const node of [stage.video, stage.above]) {
      node.addEventListener("click", () => this.playback.toggle(), { signal });
      node.addEventListener("dblclick", () => commands.fullscreen(), { signal });
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
        if (traits.get("frame") !== playback.target || !playback.touched) {
          playback.seek(traits.get("frame"), origin === "outside");
        }
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
    this.lost("", false);
    this.solve();
    this.load(film);
    if (!isFirst) return;
    const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!this.traits.isOnlyView()) return; // two of them would be heard twice
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

  private unanswered(why: Silence): void {
    const said = sayOf(why, ...WHAT);
    const hasFallback = this.fallback.exists;
    this.root.hidden = hasFallback && !said;
    this.root.classList.toggle("bz-nobody", hasFallback);
    this.quiet.hidden = !hasFallback;
    say(this.quiet, said);
    this.overlay.stand(hasFallback ? "" : said);
  }

  private receive(push: AnyPush, bytes: Bytes | null): void {
    switch (push.kind) {
      case "film":
        return this.load(push.film);
      case "picture":
        if (bytes) this.projector.addPicture(push.frame, bytes);
        return;
      case "segment":
        if (bytes) this.projector.addSegment(push.index, push.generation, bytes);
        return;
      case "sound":
        if (bytes) this.projector.addSound(push.index, push.offset_s, bytes);
        return;
      case "problem":
        return this.trouble(push.problem);
      case "solved":
        return this.solve();
    }
  }

  private trouble(problem: Problem): void {
    const isNew = problem.message !== this.problem?.message;
    if (isNew && this.traits.isFirstView()) this.session.event("error", this.playback.target);
    this.problem = problem;
    this.overlay.showProblem(problem);
    if (problem.code === "sound" && this.playback.film) this.projector.doWithoutSound(this.playback.film);
    this.repaint();
  }

  private solve(): void {
    this.problem = null;
    this.overlay.hideProblem();
    this.repaint();
  }

  private load(film: FilmInfo): void {
    const isNew = film.generation !== this.playback.film?.generation;
    if (isNew) this.endShowing(film);
    put(this.root, "aria-label", `Video player: ${film.name}`);
    this.projector.load(film);
    if (!isNew) return;
    this.thumbnails.clear();
    this.scrubber.refresh();
  }

  /** What plays from here on is another showing. */
  private endShowing(film = this.playback.film): void {
    this.watching.ends();
    if (film) this.seen.clear(film.frames, film.fps[0] / film.fps[1]);
  }

  private waitForClick(): void {
    this.refused = true;
    this.playback.pause();
  }

  private see(frame: number, passing: boolean): void {
    put(this.root, "data-frame", String(frame));
    if (passing) this.playback.glimpse(frame);
    else this.playback.show(frame);
  }

  private lost(said: string, lost: boolean): void {
    this.isLost = lost;
    this.overlay.stand(lost ? said : "");
    this.repaint();
  }

  private played(frame: number): void {
    this.seen.add(frame);
    this.watching.plays();
  }

  private happened(name: EventName, frame: number): void {
    if (name === "play") this.seen.add(frame); // it is on the screen already
    if (name === "ended") this.endShowing();
    this.session.event(name, frame);
    if (name === "play" || name === "ended") this.traits.report("playing", this.playback.playing);
  }

  private paused(): void {
    this.watching.stands();
    this.traits.report("playing", false);
  }

  private moved(exact: boolean): void {
    const { target, playing, rate } = this.playback;
    this.traits.reportFrame(target, exact);
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
    this.overlay.bigPlay.hidden = playback.playing || this.problem !== null || !(isUntouched || this.refused);
    this.overlay.wait(playback.waiting && this.problem === null);
    const look = {
      playback,
      buffered: this.projector.buffered(),
      fullscreen: treeOf(this.root).fullscreenElement === this.root,
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
