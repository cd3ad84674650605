import { element } from "../dom";
import type { JobFacts } from "./protocol";

/** A job that took less is still in mind when it ends. */
const LONG_MS = 15_000;
const STAYS_MS = 12_000;
const ENDED = new Set(["succeeded", "failed", "cancelled", "lost"]);
const WORDS: Record<string, string> = { succeeded: "is ready", failed: "failed" };

/**
 * Tells of a long job's end where nobody sees it: in a corner of the page while the panel is out of sight, and by the
 * desktop while the page is. That wants a permission, which is asked for when somebody presses Export.
 */
export class EndNotices {
  private readonly begun = new Map<string, number>();
  private readonly watching: IntersectionObserver;
  private isInView = true;
  private shown: HTMLElement | null = null;
  private timer = 0;

  constructor(private readonly panel: HTMLElement) {
    this.watching = new IntersectionObserver(([entry]) => (this.isInView = entry?.isIntersecting ?? true));
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
    if (document.hidden || !this.isInView) this.tell(`${name} ${words}`);
  }

  close(): void {
    this.watching.disconnect();
    this.hide();
  }

  private tell(text: string): void {
    this.hide();
    const show = element("button", "bzp-toast-text", { type: "button", title: "Show the export" }, text);
    const close = element("button", "bzp-toast-close", { type: "button", "aria-label": "Close" }, "×");
    show.addEventListener("click", () => this.reveal());
    close.addEventListener("click", () => this.hide());
    this.shown = element("div", "bzp-toast", { role: "status" }, show, close);
    document.body.append(this.shown);
    if (document.hidden) this.tellDesktop(text);
    // Who comes back to the page later still finds it there.
    this.timer = window.setInterval(() => !document.hidden && this.hide(), STAYS_MS);
  }

  private tellDesktop(text: string): void {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    try {
      const notice = new Notification(text);
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
