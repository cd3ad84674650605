import { element, put, say } from "../dom";
import { type Actions, type ControlsState, sceneAt } from "./controls-state";
import type { Thumbnails } from "./thumbnails";

/** The bar that shows where the playhead is, and takes it elsewhere. */
export class Scrubber {
  readonly node: HTMLElement;
  private readonly track = element("div", "bz-track");
  private readonly buffered = element("div", "bz-buffered");
  private readonly played = element("div", "bz-played");
  private readonly range = element("div", "bz-range", { hidden: true });
  private readonly marks = element("div", "bz-marks");
  private readonly knob = element("div", "bz-knob");
  private readonly picture = element("img", "bz-thumbnail", { alt: "", draggable: "false", hidden: true });
  private readonly tipScene = element("span", "bz-tip-scene");
  private readonly tipTime = element("span", "bz-tip-time");
  private readonly tip = element("div", "bz-tip", { hidden: true, "aria-hidden": "true" });
  private look: ControlsState | null = null;
  private drawn = { buffered: "", marks: "" };
  private hovered: number | null = null;
  private dragging = false;

  constructor(
    private readonly actions: Actions,
    private readonly thumbnails: Thumbnails,
  ) {
    this.track.append(this.buffered, this.played, this.marks);
    this.tip.append(this.picture, element("span", "bz-tip-text", {}, this.tipScene, this.tipTime));
    this.node = element(
      "div",
      "bz-scrubber",
      { role: "slider", tabindex: 0, "aria-label": "Playhead", "aria-valuemin": 0 },
      this.track,
      this.range,
      this.knob,
      this.tip,
    );
    this.node.addEventListener("pointerdown", this.press);
    this.node.addEventListener("pointermove", this.move);
    this.node.addEventListener("pointerup", this.release);
    this.node.addEventListener("pointercancel", this.release);
    this.node.addEventListener("pointerleave", this.leave);
    thumbnails.came = (frame, url) => {
      if (frame === this.hovered) this.showPicture(url);
    };
  }

  show(look: ControlsState): void {
    this.look = look;
    const { film, times, target, range } = look.playback;
    if (!film) return;
    const last = Math.max(1, film.frames - 1);
    const share = (frame: number): string => `${(100 * Math.min(last, Math.max(0, frame))) / last}%`;
    this.node.style.setProperty("--bz-at", share(target));
    put(this.node, "aria-valuemax", String(film.frames - 1));
    put(this.node, "aria-valuenow", String(target));
    const scene = sceneAt(film.marks, target);
    put(this.node, "aria-valuetext", `${times.spell(target)}, frame ${target}${scene && `, ${scene}`}`);

    this.range.hidden = range === null;
    if (range) {
      this.range.style.left = share(range[0]);
      this.range.style.right = `calc(100% - ${share(range[1] - 1)})`;
    }
    this.draw("buffered", JSON.stringify([look.buffered, film.frames]), () =>
      look.buffered.map(([start, stop]) => {
        const run = element("i", "", { "data-stop": stop });
        run.style.left = share(start);
        run.style.right = `calc(100% - ${share(stop)})`;
        return run;
      }),
    );
    this.draw("marks", JSON.stringify([film.marks, film.frames]), () =>
      film.marks
        .filter(([, start]) => start > 0 && start < film.frames)
        .map(([name, start]) => {
          const mark = element("i", "", { "data-name": name });
          mark.style.left = share(start);
          return mark;
        }),
    );
  }

  /** The pictures have changed: what is hovered is asked for again. */
  refresh(): void {
    this.picture.hidden = true;
    if (this.hovered !== null) this.thumbnails.want(this.hovered);
  }

  private draw(what: "buffered" | "marks", key: string, make: () => HTMLElement[]): void {
    if (this.drawn[what] === key) return;
    this.drawn[what] = key;
    this[what].replaceChildren(...make());
  }

  private frameUnder({ clientX }: PointerEvent): number | null {
    const film = this.look?.playback.film;
    if (!film) return null;
    const { left, width } = this.track.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (clientX - left) / Math.max(1, width)));
    return Math.round(share * (film.frames - 1));
  }

  private readonly press = (event: PointerEvent): void => {
    const frame = this.frameUnder(event);
    if (frame === null || event.button !== 0) return;
    this.dragging = true;
    this.node.setPointerCapture(event.pointerId);
    this.node.classList.add("bz-dragging");
    this.actions.hold(true);
    this.actions.seek(frame);
  };

  private readonly move = (event: PointerEvent): void => {
    const frame = this.frameUnder(event);
    if (frame === null) return;
    if (this.dragging && frame !== this.look?.playback.target) this.actions.seek(frame);
    if (event.pointerType !== "touch" || this.dragging) this.hover(frame);
  };

  private readonly release = (event: PointerEvent): void => {
    if (!this.dragging) return;
    this.dragging = false;
    this.node.classList.remove("bz-dragging");
    this.actions.hold(false);
    if (event.pointerType === "touch") this.leave();
  };

  private readonly leave = (): void => {
    if (this.dragging) return;
    this.hovered = null;
    this.tip.hidden = true;
    this.picture.hidden = true;
    this.thumbnails.cancel();
  };

  private hover(frame: number): void {
    const { film, times } = this.look!.playback;
    this.hovered = frame;
    say(this.tipScene, sceneAt(film!.marks, frame));
    say(this.tipTime, `${times.spell(frame)} · ${frame}`);
    this.tip.hidden = false;
    const url = this.thumbnails.want(frame);
    if (url) this.showPicture(url);
    else this.picture.classList.add("bz-stale"); // of another frame, until this one's comes
    this.place(frame / Math.max(1, film!.frames - 1));
  }

  private showPicture(url: string): void {
    this.picture.src = url;
    this.picture.classList.remove("bz-stale");
    this.picture.hidden = false;
    if (this.hovered !== null) this.place(this.hovered / Math.max(1, this.look!.playback.last));
  }

  /** Above the pointer, but within the player. */
  private place(share: number): void {
    const { width } = this.node.getBoundingClientRect();
    const half = this.tip.offsetWidth / 2;
    const x = Math.min(width - half, Math.max(half, share * width));
    this.tip.style.left = `${width > 2 * half ? x : width / 2}px`;
  }
}
