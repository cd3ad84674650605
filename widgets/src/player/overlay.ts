import { element, put, say } from "../dom";
import { closeButton, icon } from "../icons";
import type { Problem } from "./protocol";

const TOAST_MS = 2500;

/** What is said over the picture: problems, notices, waiting. All of it is text. */
export class Overlay {
  readonly node: HTMLElement;
  readonly bigPlay = element(
    "button",
    "bz-big-play",
    { type: "button", "aria-label": "Play", hidden: true },
    icon("play"),
  );
  private readonly where = element("div", "bz-problem-where");
  private readonly message = element("div", "bz-problem-message");
  private readonly lines = element("pre", "bz-problem-lines", { tabindex: 0, "aria-label": "Traceback" });
  private readonly problem = element("div", "bz-problem", { role: "alert", hidden: true });
  private readonly notice = element("div", "bz-notice", { role: "status", "aria-live": "polite" });
  private readonly spinner = element("div", "bz-spinner", {
    hidden: true,
    role: "img",
    "aria-label": "Waiting for pictures",
  });
  private standing = "";
  private timer = 0;

  constructor() {
    const dismiss = closeButton("Hide");
    dismiss.addEventListener("click", () => this.hideProblem());
    const head = element("div", "bz-problem-head", {}, this.where, dismiss);
    this.problem.append(head, this.message, this.lines);
    this.node = element("div", "bz-overlay", {}, this.bigPlay, this.spinner, this.notice, this.problem);
  }

  showProblem({ scene, frame, message, lines }: Problem): void {
    const where: string[] = [];
    if (scene !== null) where.push(`Scene “${scene}”`);
    if (frame !== null) where.push(`frame ${frame}`);
    say(this.where, where.join(", ") || "This can't be shown");
    say(this.message, message);
    say(this.lines, lines.join("\n"));
    this.lines.hidden = lines.length === 0;
    this.problem.hidden = false;
  }

  hideProblem(): boolean {
    const shown = !this.problem.hidden;
    this.problem.hidden = true;
    return shown;
  }

  wait(waiting: boolean): void {
    this.spinner.hidden = !waiting;
  }

  /** A line that stays until it is taken back by an empty one. */
  stand(text: string): void {
    this.standing = text;
    if (!this.timer) this.write(text);
  }

  /** A line that goes by itself. */
  toast(text: string): void {
    window.clearTimeout(this.timer);
    this.write(text);
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.write(this.standing);
    }, TOAST_MS);
  }

  close(): void {
    window.clearTimeout(this.timer);
  }

  private write(text: string): void {
    say(this.notice, text);
    put(this.notice, "data-empty", text ? null : "");
  }
}
