import type { Actions } from "./controls-state";
import type { Playback } from "./playback";

/** The keys, as the help list shows them. */
export const KEYS: readonly [keys: string, what: string][] = [
  ["Space, K", "Play or pause"],
  ["← →", "One frame"],
  ["⇧← ⇧→", "One second"],
  ["L", "Play; again: faster, to 4×"],
  ["J", "Slower; at 1×: back one second"],
  ["Home, End", "First, last frame"],
  ["I, O", "Set in, out point"],
  ["⇧I, ⇧O, X", "Clear in, out, both"],
  ["S, ⇧S", "Copy, download this picture"],
  ["M", "Mute"],
  ["F", "Full screen"],
  ["?", "This list"],
  ["Esc", "Close"],
];

const FAST = [1, 2, 4] as const;

/**
 * Acts on keys while the focus is within the player.
 *
 * The listener sits where events begin their way, so that a notebook around never sees a key that was used here,
 * and sees all others.
 */
export class Keys {
  constructor(
    private readonly root: HTMLElement,
    private readonly actions: Actions,
    private readonly playback: Playback,
  ) {
    window.addEventListener("keydown", this.press, true);
  }

  close(): void {
    window.removeEventListener("keydown", this.press, true);
  }

  private readonly press = (event: KeyboardEvent): void => {
    const target = event.composedPath()[0];
    if (!(target instanceof Element) || !this.root.contains(target)) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (isNative(target, event)) {
      event.stopPropagation(); // the control acts; nobody else does
      return;
    }
    const act = this.meaning(target, event);
    if (!act || !act()) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** What a key does; the action says whether it did anything. */
  private meaning(target: Element, event: KeyboardEvent): (() => boolean) | null {
    const { actions, playback } = this;
    const did = (act: () => void) => (): boolean => {
      act();
      return true;
    };
    const second = Math.round(playback.times.fps);
    const shift = event.shiftKey;
    const onSlider = target.getAttribute("role") === "slider";
    switch (letter(event)) {
      case " ":
        return shift ? null : did(() => actions.toggle());
      case "k":
        return did(() => actions.toggle());
      case "arrowleft":
        return did(() => actions.step(shift ? -second : -1));
      case "arrowright":
        return did(() => actions.step(shift ? second : 1));
      case "arrowdown":
        return onSlider ? did(() => actions.step(-1)) : null;
      case "arrowup":
        return onSlider ? did(() => actions.step(1)) : null;
      case "pagedown":
        return onSlider ? did(() => actions.step(-second)) : null;
      case "pageup":
        return onSlider ? did(() => actions.step(second)) : null;
      case "home":
        return did(() => actions.seek(0));
      case "end":
        return did(() => actions.seek(playback.last));
      case "l":
        return did(() => this.faster());
      case "j":
        return did(() => this.slower(second));
      case "i":
        return did(() => (shift ? actions.clearRange("in") : actions.mark("in")));
      case "o":
        return did(() => (shift ? actions.clearRange("out") : actions.mark("out")));
      case "x":
        return did(() => actions.clearRange("both"));
      case "s":
        return did(() => void actions.capture(shift ? "download" : "copy"));
      case "m":
        return did(() => actions.setVolume(playback.volume || 0.5, !playback.muted));
      case "f":
        return did(() => actions.fullscreen());
      case "?":
        return did(() => actions.help());
      case "escape":
        return () => actions.escape();
      default:
        return null;
    }
  }

  private faster(): void {
    const { playback, actions } = this;
    if (!playback.playing) actions.toggle();
    else actions.setRate(FAST.find((rate) => rate > playback.rate) ?? 4);
  }

  private slower(second: number): void {
    const { playback, actions } = this;
    const slower = FAST.filter((rate) => rate < playback.rate).at(-1);
    if (playback.playing && slower) actions.setRate(slower);
    else actions.step(-second);
  }
}

/** Whether a control within the player has a use of its own for this key. */
function isNative(target: Element, { key, shiftKey }: KeyboardEvent): boolean {
  if (target instanceof HTMLSelectElement) return key !== "Tab" && key !== "Escape";
  if (target instanceof HTMLInputElement) return /^(Arrow|Page|Home|End)/.test(key);
  if (target instanceof HTMLButtonElement) return !shiftKey && (key === " " || key === "Enter");
  return target.tagName === "PRE" && /^(Arrow(Up|Down)|Page|Home|End)/.test(key);
}

/** The key's name; for keyboards of other scripts, what a Latin one has in its place. */
function letter({ key, code }: KeyboardEvent): string {
  const isOther = key.length === 1 && key > "\x7f" && code.startsWith("Key");
  return (isOther ? code.slice(3) : key).toLowerCase();
}
