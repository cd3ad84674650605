import { element } from "../dom";

/**
 * The element that shows where there is no kernel: a poster, in another output of the same cell.
 *
 * While a player's view is alive it hides that element; the last view that goes brings it back.
 */
export class Fallback {
  private readonly selector: string | null;
  private hiding = false;

  constructor(token: string) {
    this.selector = /^[A-Za-z0-9-]{1,64}$/.test(token) ? `.bazaar-fallback-${token}` : null;
  }

  /** Whether the page has such an element. */
  get exists(): boolean {
    return this.selector !== null && document.querySelector(this.selector) !== null;
  }

  hide(): void {
    if (this.hiding || !this.selector) return;
    this.hiding = true;
    let style = this.style();
    if (!style) {
      const rule = `${this.selector}{display:none!important}`;
      style = element("style", "", { "data-bazaar": this.selector, "data-views": 0 }, rule);
      document.head.append(style);
    }
    style.dataset.views = String(Number(style.dataset.views) + 1);
  }

  close(): void {
    if (!this.hiding) return;
    this.hiding = false;
    const style = this.style();
    if (!style) return;
    const views = Number(style.dataset.views) - 1;
    if (views > 0) style.dataset.views = String(views);
    else style.remove();
  }

  private style(): HTMLStyleElement | null {
    return document.head.querySelector(`style[data-bazaar="${this.selector}"]`);
  }
}
