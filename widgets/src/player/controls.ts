import { element, put, say } from "../dom";
import { icon, type IconName } from "../icons";
import { type Actions, type ControlsState, RATES, sceneAt } from "./controls-state";

/** The row of buttons and read-outs under the picture. */
export class Controls {
  readonly node: HTMLElement;
  private readonly export = element(
    "button",
    "bz-button bz-text-button",
    { type: "button", "aria-expanded": false, title: "Export this film", "aria-label": "Export" },
    "Export",
  );
  private readonly play: Button;
  private readonly loop: Button;
  private readonly markIn: Button;
  private readonly markOut: Button;
  private readonly mute: Button;
  private readonly whole: Button;
  private readonly more: Button;
  private readonly now = element("span", "bz-now");
  private readonly total = element("span", "bz-total");
  private readonly frame = element("span", "bz-frame");
  private readonly scene = element("span", "bz-scene");
  private readonly rate = element("select", "bz-rate", { "aria-label": "Speed", title: "Speed" });
  private readonly volume = element("input", "bz-volume", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.05,
    "aria-label": "Volume",
    title: "Volume",
  });

  constructor(actions: Actions) {
    this.play = new Button("play", "Play (Space)", () => actions.toggle());
    const back = new Button("back", "One frame back (←)", () => actions.step(-1), "lesser");
    const forth = new Button("forth", "One frame on (→)", () => actions.step(1), "lesser");
    this.loop = new Button("loop", "Loop", () => actions.setLoop(this.loop.node.ariaPressed !== "true"), "lesser");
    this.markIn = new Button("markIn", "", () => this.press(this.markIn, actions, "in"), "lesser");
    this.markOut = new Button("markOut", "", () => this.press(this.markOut, actions, "out"), "lesser");
    this.mute = new Button("sound", "Mute (M)", () =>
      actions.setVolume(Number(this.volume.value) || 0.5, this.mute.node.ariaPressed !== "true"),
    );
    const camera = new Button("camera", "Copy this picture (S), with shift download it", () => undefined, "lesser");
    camera.node.addEventListener("click", ({ shiftKey }) => void actions.capture(shiftKey ? "download" : "copy"));
    const help = new Button("help", "Keys (?)", () => actions.help(), "lesser");
    this.whole = new Button("whole", "Full screen (F)", () => actions.fullscreen());
    this.more = new Button("more", "More controls", () => this.toggleMore(), "more");
    put(this.more.node, "aria-expanded", "false");
    this.export.addEventListener("click", async () => {
      put(this.export, "aria-expanded", String(await actions.export()));
    });

    for (const rate of RATES) this.rate.append(element("option", "", { value: rate }, `${rate}×`));
    this.rate.addEventListener("change", () => actions.setRate(Number(this.rate.value)));
    this.volume.addEventListener("input", () => actions.setVolume(Number(this.volume.value), false));

    const lesser = element(
      "span",
      "bz-group bz-lesser-group",
      {},
      this.markIn.node,
      this.markOut.node,
      this.loop.node,
      this.rate,
      camera.node,
      help.node,
    );
    this.node = element(
      "div",
      "bz-controls",
      { role: "group", "aria-label": "Controls" },
      element("span", "bz-group", {}, this.play.node, back.node, forth.node),
      element("span", "bz-readout", {}, element("span", "bz-time", {}, this.now, this.total), this.frame, this.scene),
      element("span", "bz-group bz-sound", {}, this.mute.node, this.volume),
      lesser,
      this.export,
      element("span", "bz-group", {}, this.more.node, this.whole.node),
    );
  }

  show({ playback, fullscreen }: ControlsState): void {
    const { film, times, shown, playing, muted, volume, loop, range, rate } = playback;
    this.play.show(playing ? "pause" : "play", playing ? "Pause (Space)" : "Play (Space)");
    this.loop.press(loop, loop ? "Loop is on" : "Loop is off");
    const hasIn = range !== null && range[0] > 0;
    this.markIn.press(hasIn, hasIn ? "Clear in point (⇧I)" : "Set in point (I)");
    const hasOut = range !== null && film !== null && range[1] < film.frames;
    this.markOut.press(hasOut, hasOut ? "Clear out point (⇧O)" : "Set out point (O)");
    const silent = muted || volume === 0;
    this.mute.show(silent ? "muted" : "sound", silent ? "Unmute (M)" : "Mute (M)");
    this.mute.press(silent);
    this.whole.show(fullscreen ? "small" : "whole", fullscreen ? "Leave full screen (F)" : "Full screen (F)");
    this.volume.value = String(silent ? 0 : volume);
    this.volume.style.setProperty("--bz-level", `${100 * Number(this.volume.value)}%`);
    this.showRate(rate);
    const hasSound = film === null || film.sound_mime !== null;
    this.node.classList.toggle("bz-silent", !hasSound);
    if (!film) return;
    const frame = shown ?? 0;
    say(this.now, times.spell(frame));
    say(this.total, ` / ${times.spell(film.frames)}`);
    say(this.frame, String(frame));
    put(this.frame, "title", `Frame ${frame} of ${film.frames}, counted from 0`);
    say(this.scene, sceneAt(film.marks, frame));
  }

  private press(button: Button, actions: Actions, which: "in" | "out"): void {
    if (button.node.ariaPressed === "true") actions.clearRange(which);
    else actions.mark(which);
  }

  private showRate(rate: number): void {
    const value = String(rate);
    if (this.rate.value === value) return;
    if (![...this.rate.options].some((option) => option.value === value)) {
      this.rate.append(element("option", "", { value }, `${Number(rate.toFixed(2))}×`));
    }
    this.rate.value = value;
  }

  private toggleMore(): void {
    const open = this.node.classList.toggle("bz-open");
    put(this.more.node, "aria-expanded", String(open));
    this.more.label(open ? "Fewer controls" : "More controls");
  }
}

class Button {
  readonly node: HTMLButtonElement;

  constructor(name: IconName, label: string, click: () => void, kind = "") {
    this.node = element("button", kind ? `bz-button bz-${kind}` : "bz-button", { type: "button" }, icon(name));
    this.label(label);
    this.node.addEventListener("click", click);
  }

  show(name: IconName, label: string): void {
    if ((this.node.firstElementChild as SVGElement).dataset.icon !== name) this.node.replaceChildren(icon(name));
    this.label(label);
  }

  press(pressed: boolean, label?: string): void {
    put(this.node, "aria-pressed", String(pressed));
    if (label !== undefined) this.label(label);
  }

  label(label: string): void {
    put(this.node, "title", label);
    put(this.node, "aria-label", label);
  }
}
