import type { Model } from "../model";
import type { Traits } from "./protocol";

/** The traits that a view follows. */
export const FOLLOWED = [
  "frame",
  "playing",
  "rate",
  "volume",
  "muted",
  "loop",
  "range",
  "width",
  "shape",
] as const satisfies readonly (keyof Traits)[];

export type Followed = (typeof FOLLOWED)[number];

/**
 * Where a change comes from: `outside` (Python, a link, another widget), a `linked` player's view that reports,
 * or a `sibling`: another view of the same player that reports.
 */
export type Origin = "outside" | "linked" | "sibling";

/** Views of a page report one at a time; a player's bundle may be loaded once for each of them. */
interface Page {
  reporting: SyncedTraits | null;
  views: Set<SyncedTraits>;
}
const KEY = Symbol.for("bazaar-player-reports");
const page: Page = ((globalThis as { [KEY]?: Page })[KEY] ??= { reporting: null, views: new Set() });

const FRAME_EVERY_MS = 250;

/** Keeps a view's traits and its model the same, both ways, without echoes. */
export class SyncedTraits {
  private readonly listeners: [string, () => void][] = [];
  private frame: number | null = null;
  private timer = 0;
  private lastFrame = -Infinity;

  constructor(
    private readonly model: Model<Traits>,
    changed: (name: Followed, origin: Origin) => void,
  ) {
    page.views.add(this);
    for (const name of FOLLOWED) {
      const listener = (): void => {
        if (page.reporting === this) return;
        if (name === "frame") this.cancelFrame();
        changed(name, this.originOf(page.reporting));
      };
      model.on(`change:${name}`, listener);
      this.listeners.push([`change:${name}`, listener]);
    }
  }

  get<K extends keyof Traits>(name: K): Traits[K] {
    return this.model.get(name);
  }

  /** Tell the model. */
  report<K extends keyof Traits>(name: K, value: Traits[K]): void {
    if (JSON.stringify(this.model.get(name)) === JSON.stringify(value)) return;
    const before = page.reporting;
    page.reporting = this;
    try {
      this.model.set(name, value);
      this.model.save_changes();
    } finally {
      page.reporting = before;
    }
  }

  /** Tell the model of the playhead: a few times a second while it moves, at once where it stands. */
  reportFrame(frame: number, exact: boolean): void {
    this.frame = frame;
    const wait = exact ? 0 : this.lastFrame + FRAME_EVERY_MS - performance.now();
    if (wait <= 0) this.flushFrame();
    else if (!this.timer) this.timer = window.setTimeout(this.flushFrame, wait);
  }

  close(): void {
    page.views.delete(this);
    this.cancelFrame();
    for (const [event, listener] of this.listeners) this.model.off(event, listener);
  }

  private readonly flushFrame = (): void => {
    const { frame } = this;
    this.cancelFrame();
    if (frame === null) return;
    this.lastFrame = performance.now();
    this.report("frame", frame);
  };

  private cancelFrame(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.frame = null;
  }

  /** Whether no other view on the page shows this player. */
  isOnlyView(): boolean {
    return ![...page.views].some((view) => view !== this && this.isSibling(view));
  }

  /** Whether this view speaks for its player where all its views would say the same. */
  isFirstView(): boolean {
    return [...page.views].find((view) => view === this || this.isSibling(view)) === this;
  }

  private originOf(reporter: SyncedTraits | null): Origin {
    if (!reporter) return "outside";
    return this.isSibling(reporter) ? "sibling" : "linked";
  }

  private isSibling(other: SyncedTraits): boolean {
    const token = this.model.get("fallback"); // each player has its own
    return token !== "" && token === other.model.get("fallback");
  }
}
