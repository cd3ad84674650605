import { element, put, say } from "../dom";
import { type Bytes, type Requests, NoAnswer } from "./requests";
import type { JobFacts, Request, RowReply } from "./protocol";
import { Result, button } from "./result";
import { isEnded, progressOf, stageOf } from "./labels";

/** One job: how far it is, what can be done about it, and what came of it. */
export class JobRow {
  readonly node = element("li", "bzp-job");
  private readonly name = element("span", "bzp-name");
  private readonly stage = element("span", "bzp-stage", { role: "status", "aria-live": "polite" });
  private readonly about = element("div", "bzp-soft bzp-line");
  private readonly fill = element("i", "bzp-fill");
  private readonly bar = element("div", "bzp-bar", { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, this.fill);
  private readonly far = element("div", "bzp-soft bzp-line bzp-far");
  private readonly strip = element("div", "bzp-strip", { "aria-hidden": true });
  private readonly actions = element("div", "bzp-actions");
  private readonly said = element("div", "bzp-said", { role: "status", "aria-live": "polite" });
  private readonly problem = element("div", "bzp-problem", { hidden: true });
  private readonly row = element("div", "bzp-row", { hidden: true });
  private readonly cancel: HTMLButtonElement;
  private readonly again: HTMLButtonElement;
  private readonly up: HTMLButtonElement;
  private readonly down: HTMLButtonElement;
  private readonly history: HTMLButtonElement;
  private readonly urls = new Map<number, string>();
  private result: Result | null = null;
  private before = "";

  constructor(
    private readonly line: Requests,
    private job: JobFacts,
  ) {
    this.cancel = button("Cancel", () => this.ask({ kind: "cancel", job: job.id }));
    this.again = button("Retry", () => this.ask({ kind: "retry", job: job.id }));
    this.up = button("↑", () => this.ask({ kind: "move", job: job.id, by: -1 }), "bzp-small");
    this.down = button("↓", () => this.ask({ kind: "move", job: job.id, by: 1 }), "bzp-small");
    this.history = button("Show in history", () => this.toggleHistory());
    put(this.history, "aria-expanded", "false");
    this.actions.append(this.up, this.down, this.cancel, this.again, this.history);
    this.node.append(
      element("div", "bzp-head", {}, this.name, this.stage),
      this.about,
      this.bar,
      this.far,
      this.strip,
      this.problem,
      this.actions,
      this.said,
      this.row,
    );
    put(this.node, "data-job", job.id);
    this.show(job);
  }

  /** Whether somebody looks at its movie, its error or its history, or is at its buttons. */
  get isInUse(): boolean {
    const { node } = this;
    return node.matches(":focus-within") || node.querySelector("video, img.bzp-movie, details[open], .bzp-row:not([hidden])") !== null;
  }

  show(job: JobFacts): void {
    this.job = job;
    const ended = isEnded(job);
    const stage = stageOf(job);
    put(this.node, "data-status", job.status);
    say(this.name, job.name);
    put(this.name, "title", job.name);
    say(this.stage, stage);
    const took = job.movie ? ` · ${job.movie.size} · ${job.movie.took}` : "";
    say(this.about, job.about + took);
    // A frame counts half when it is evaluated, and whole when it is there.
    const evaluated = Math.min(job.total, Math.max(job.frames, job.evaluated));
    const percent = job.total ? (50 * (job.frames + evaluated)) / job.total : 100;
    this.bar.hidden = this.far.hidden = ended || job.place !== null; // a long queue stays short
    // Joining takes its time when all frames are there: the bar says that it goes on.
    this.bar.classList.toggle("bzp-moving", !ended && job.place === null && (percent >= 100 || job.stage === "starting"));
    this.fill.style.transform = `scaleX(${percent / 100})`;
    put(this.bar, "aria-valuenow", percent.toFixed(0));
    put(this.bar, "aria-label", `${job.name}: ${stage}`);
    put(this.bar, "aria-valuetext", progressOf(job));
    say(this.far, progressOf(job));
    if (job.movie && !this.result) {
      this.result = new Result(this.line, job, job.movie);
      this.actions.prepend(...this.result.buttons);
      this.row.before(this.result.node);
    }
    this.showActions(job, ended);
    this.showProblem(job);
    const isNews = this.before !== "" && this.before !== "succeeded" && job.status === "succeeded";
    this.before = job.status;
    if (isNews && job.movie?.inline && this.result?.plays) void this.result.show();
  }

  /** A small picture of a part that is there. */
  addPicture(number: number, bytes: Bytes): void {
    if (this.urls.has(number) || number >= this.job.pictures) return;
    const url = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    this.urls.set(number, url);
    const image = element("img", "bzp-thumbnail", { src: url, alt: "", "data-number": number });
    const after = [...this.strip.children].find((other) => Number((other as HTMLElement).dataset.number) > number);
    this.strip.insertBefore(image, after ?? null);
  }

  close(): void {
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
    this.result?.close();
    this.node.remove();
  }

  private showActions(job: JobFacts, ended: boolean): void {
    const hadFocus = this.actions.contains((this.node.getRootNode() as Document | ShadowRoot).activeElement);
    this.cancel.hidden = ended;
    this.history.hidden = !ended;
    this.again.hidden = !ended || job.detached; // who sees it from outside doesn't have its film
    say(this.again, job.status === "succeeded" ? "Export again" : "Retry");
    this.up.hidden = this.down.hidden = job.place === null;
    this.up.disabled = job.place === 0;
    this.down.disabled = job.last;
    put(this.up, "aria-label", `Move up ${job.name}`);
    put(this.down, "aria-label", `Move down ${job.name}`);
    for (const one of [this.cancel, this.again, this.history]) named(one, job);
    // What had the focus is hidden: the next thing to do takes it.
    if (!hadFocus || !ended || this.before === job.status) return;
    const next = job.detached ? this.history : this.again;
    (this.result?.buttons.includes(this.result.save) ? this.result.save : next).focus();
  }

  private showProblem({ problem }: JobFacts): void {
    if (!problem || !this.problem.hidden) return;
    const where: string[] = [];
    if (problem.scene !== null) where.push(`Scene “${problem.scene}”`);
    if (problem.frame !== null) where.push(`frame ${problem.frame}`);
    const lines = [problem.type, ...problem.lines].join("\n");
    this.problem.append(
      element("div", "bzp-where", {}, where.join(", ") || "The export failed"),
      element("div", "bzp-message", {}, problem.message),
      element("details", "", {}, element("summary", "", {}, "Details"), element("pre", "", { tabindex: 0 }, lines)),
    );
    this.problem.hidden = false;
  }

  private async toggleHistory(): Promise<void> {
    if (!this.row.hidden) {
      this.row.hidden = true;
    } else {
      const answer = await this.ask<RowReply>({ kind: "row", job: this.job.id });
      if (!answer) return;
      const rows = answer.row.map(([name, value, meaning]) =>
        element("tr", "", { title: meaning }, element("th", "", { scope: "row" }, name), element("td", "", {}, value)),
      );
      this.row.replaceChildren(element("table", "", { "aria-label": `History of ${this.job.name}` }, element("tbody", "", {}, ...rows)));
      this.row.hidden = false;
      this.row.scrollIntoView({ block: "nearest" }); // below a movie it may be out of sight
    }
    put(this.history, "aria-expanded", String(!this.row.hidden));
    say(this.history, this.row.hidden ? "Show in history" : "Hide history");
    named(this.history, this.job);
  }

  private async ask<T>(request: Request): Promise<T | null> {
    say(this.said, "");
    try {
      return (await this.line.ask<T>(request)).fields;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      say(this.said, error instanceof NoAnswer ? "The kernel did not answer." : text);
      return null;
    }
  }
}

/** Say to those who hear the page which of many such buttons it is. */
function named(pressed: HTMLButtonElement, { name }: JobFacts): void {
  put(pressed, "aria-label", `${pressed.textContent} ${name}`);
}
