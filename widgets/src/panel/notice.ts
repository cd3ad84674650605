import { element, put } from "../dom";
import type { JobFacts } from "./protocol";

/** A job that took less is still in mind when it ends. */
const LONG_MS = 15_000;
const STAYS_MS = 12_000;
const ENDED = new Set(["succeeded", "failed", "cancelled", "lost"]);
const WORDS: Record<string, string> = { succeeded: "is ready", failed: "failed" };

/**
 * Tells of a long job's end where nobody sees it: in a corner of the page while all panels that show it are out of
 * sight, and by the desktop while the page is. That wants a permission, which is asked for when somebody presses
 * Export. One of the panels tells, for all.
 */
export class EndNotices {
  private readonly begun = new Map<string, number>();
  private readonly watching: IntersectionObserver;
  private isInView = true;
  private shown: HTMLElement | null = null;
  private timer = 0;

  constructor(private readonly panel: HTMLElement) {
    this.watching = new IntersectionObserver(([entry]) => {
      this.isInView = entry?.isIntersecting ?? true;
      put(panel, "data-in-view", String(this.isInView));
    });
    this.watching.observe(panel);
  }

  /** Ask whether the desktop may tell; only a press of a button may ask. */
  permit(): void {
    if ("Notification" in window && Notification.permission === "default") {
      void Notification.requestPermission().catch(() => undefined);
    }
  }

  /** Look at a job, as it is now. */
  see({ id, name, status }: JobFacts): void {
    if (!ENDED.has(status)) {
      if (!this.begun.has(id)) this.begun.set(id, performance.now());
      return;
    }
    const since = this.begun.get(id);
    this.begun.delete(id);
    const words = WORDS[status];
    if (since === undefined || words === undefined || performance.now() - since < LONG_MS) return;
    if (document.hidden || !this.isSeen(id)) this.tell(id, `${name} ${words}`);
  }

  close(): void {
    this.watching.disconnect();
    this.hide();
  }

  /** Whether this panel, or another one with the job, can be seen. */
  private isSeen(id: string): boolean {
    return this.isInView || document.querySelector(`.bazaar-panel[data-in-view=true] [data-job="${CSS.escape(id)}"]`) !== null;
  }

  private tell(id: string, text: string): void {
    if (document.querySelector(`.bzp-toast[data-job="${CSS.escape(id)}"]`)) return; // by another panel
    this.hide();
    document.querySelectorAll(".bzp-toast").forEach((earlier) => earlier.remove());
    const show = element("button", "bzp-toast-text", { type: "button", title: "Show the export" }, text);
    const close = element("button", "bzp-toast-close", { type: "button", "aria-label": "Close" }, "×");
    show.addEventListener("click", () => this.reveal());
    close.addEventListener("click", () => this.hide());
    this.shown = element("div", "bzp-toast", { role: "status", "data-job": id }, show, close);
    document.body.append(this.shown);
    if (document.hidden) this.tellDesktop(id, text);
    // Who comes back to the page later still finds it there.
    this.timer = window.setInterval(() => !document.hidden && this.hide(), STAYS_MS);
  }

  private tellDesktop(id: string, text: string): void {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    try {
      const notice = new Notification(text, { tag: `bazaar-${id}` });
      notice.addEventListener("click", () => {
        window.focus();
        this.reveal();
      });
    } catch {
      // Some browsers leave this to service workers; the corner of the page tells.
    }
  }

  private reveal(): void {
    this.hide();
    this.panel.scrollIntoView({ block: "center" });
  }

  private hide(): void {
    window.clearInterval(this.timer);
    this.shown?.remove();
    this.shown = null;
  }
}
