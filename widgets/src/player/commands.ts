import { treeOf } from "../dom";
import type { Requests } from "./requests";
import { capture } from "./capture";
import type { ExportDrawer } from "./export";
import type { Help } from "./help";
import type { Actions } from "./controls-state";
import type { Overlay } from "./overlay";
import type { Playback } from "./playback";
import { type Range, withMark, withoutMark } from "./times";
import type { SyncedTraits } from "./traits";

/** Does what buttons and keys ask for, and tells Python of it. */
export class Commands implements Actions {
  constructor(
    private readonly root: HTMLElement,
    private readonly playback: Playback,
    private readonly traits: SyncedTraits,
    private readonly requests: Requests,
    private readonly overlay: Overlay,
    private readonly keyList: Help,
    private readonly drawer: ExportDrawer,
  ) {}

  toggle(): void {
    this.playback.toggle();
  }

  seek(frame: number): void {
    this.playback.seek(frame);
  }

  step(frames: number): void {
    this.playback.step(frames);
  }

  hold(held: boolean): void {
    this.playback.hold(held);
  }

  setRate(rate: number): void {
    this.playback.setRate(rate);
    this.traits.report("rate", this.playback.rate);
  }

  setVolume(volume: number, muted: boolean): void {
    this.playback.setVolume(volume, muted);
    this.traits.report("volume", this.playback.volume);
    this.traits.report("muted", this.playback.muted);
  }

  setLoop(loop: boolean): void {
    this.playback.setLoop(loop);
    this.traits.report("loop", loop);
  }

  mark(which: "in" | "out"): void {
    this.setRange((range, frames) => withMark(range, frames, which, this.playback.target));
  }

  clearRange(which: "in" | "out" | "both"): void {
    this.setRange((range, frames) => withoutMark(range, frames, which));
  }

  fullscreen(): void {
    if (treeOf(this.root).fullscreenElement === this.root) void document.exitFullscreen();
    else this.root.requestFullscreen?.().catch(() => this.overlay.toast("Full screen is not allowed here"));
  }

  async capture(how: "copy" | "download"): Promise<void> {
    const { film, shown, target } = this.playback;
    if (film) this.overlay.toast(await capture(this.requests, film, shown ?? target, how));
  }

  async export(): Promise<boolean> {
    try {
      await this.drawer.toggle();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.overlay.toast(`The export panel can’t be shown: ${why}. Use bz.ExportPanel(film) in a cell.`);
    }
    return this.drawer.isOpen;
  }

  help(): void {
    this.keyList.toggle();
  }

  escape(): boolean {
    return this.keyList.hide() || this.overlay.hideProblem();
  }

  private setRange(change: (range: Range, frames: number) => Range): void {
    const { range, film } = this.playback;
    if (!film) return;
    this.playback.setRange(change(range, film.frames));
    this.traits.report("range", this.playback.range);
  }
}
