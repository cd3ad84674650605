import { element, keepKey, put, say } from "../dom";
import { isAlive, sayLost, sayOf, type Silence } from "../kernel-watch";
import type { Model } from "../model";
import { Fallback } from "../player/fallback";
import { ExportForm } from "./form";
import { JobRow } from "./job";
import { type Bytes, Requests } from "./requests";
import type { AnyPush, CheckReply, JobFacts, OpenReply, Traits } from "./protocol";
import { EndNotices } from "./notice";
import { button } from "./result";
import { isEnded } from "./labels";

/** Ended jobs that are shown at first: a session may have many. */
const SHOWN_AT_FIRST = 4;
const WHAT = ["this", "to export"] as const;

/** One export panel, or one job, on the page. */
export class PanelView {
  private readonly root = element("section", "bazaar-panel", { hidden: true });
  private readonly title = element("h3", "bzp-title");
  private readonly notice = element("div", "bzp-notice", { role: "status", "aria-live": "polite" });
  private readonly list = element("ul", "bzp-jobs");
  private readonly queue = element("div", "bzp-queue", { hidden: true });
  private readonly pause = button("Pause the queue", () => this.togglePause());
  private readonly more = button("", () => this.showAll(), "bzp-more");
  private readonly form: ExportForm;
  private readonly line: Requests;
  private readonly fallback: Fallback;
  private readonly rows = new Map<string, JobRow>();
  private readonly notices = new EndNotices(this.root);
  private isPaused = false;
  private showsAll = false;

  constructor(
    private readonly model: Model<Traits>,
    el: HTMLElement,
  ) {
    this.line = new Requests(model, {
      opened: (reply) => this.opened(reply),
      unanswered: (why) => this.unanswered(why),
      refused: (problem) => this.refused(problem.message),
      push: (push, bytes) => this.receive(push, bytes),
      lost: (lost, why) => this.lost(lost, why),
    });
    const { line } = this;
    this.form = new ExportForm({
      check: async (choice) => (await line.ask<CheckReply>({ kind: "check", choice })).fields,
      export: async (choice) => {
        this.notices.permit();
        await line.ask({ kind: "export", choice });
      },
    });
    this.form.node.hidden = true;
    this.fallback = new Fallback(model.get("fallback"));
    this.queue.append(element("span", "bzp-label", {}, "Exports of this session, and detached ones"), this.pause);
    this.root.append(this.title, this.notice, this.form.node, this.queue, this.list, this.more);
    this.more.hidden = true;
    this.named();
    model.on("change:title", this.named);
    window.addEventListener("keydown", this.keepKeys, true);
    el.append(this.root);
    line.open();
  }

  close(): void {
    this.model.off("change:title", this.named);
    window.removeEventListener("keydown", this.keepKeys, true);
    this.form.close();
    for (const row of this.rows.values()) row.close(); // which may have a last word for the kernel
    this.line.close();
    this.fallback.close();
    this.notices.close();
    this.root.remove();
  }

  private readonly keepKeys = (event: KeyboardEvent): void => keepKey(event, this.root);

  private readonly named = (): void => {
    say(this.title, this.model.get("title"));
    put(this.root, "aria-label", this.model.get("title"));
    if (this.root.dataset.state === "live") this.line.open(); // another film has other choices
  };

  private opened({ form, jobs, paused }: OpenReply): void {
    this.appear("live");
    say(this.notice, "");
    this.form.node.hidden = form === null;
    this.title.hidden = form === null;
    if (form) this.form.show(form);
    this.showJobs(jobs, paused, form !== null);
  }

  private unanswered(why: Silence): void {
    const hasFallback = this.fallback.exists; // which says how things were
    if (hasFallback && !isAlive(why)) return;
    this.appear("saved");
    say(this.notice, sayOf(why, ...WHAT));
    this.title.hidden = hasFallback;
    this.root.hidden = !this.notice.textContent;
    if (hasFallback) return;
    const saved = this.model.get("saved").map(({ name, status, about }) =>
      element(
        "li",
        "bzp-job",
        { "data-status": status },
        element("div", "bzp-head", {}, element("span", "bzp-name", {}, name), element("span", "bzp-stage", {}, status)),
        element("div", "bzp-soft bzp-line", {}, about),
      ),
    );
    if (!this.rows.size) this.list.replaceChildren(...saved);
  }

  private refused(message: string): void {
    this.appear("refused");
    say(this.notice, message);
  }

  private lost(lost: boolean, why: Silence): void {
    say(this.notice, lost ? `${sayLost(why, ...WHAT)} What runs goes on.` : "");
    put(this.root, "data-state", lost ? "lost" : "live");
    if (!lost) this.line.open(); // what happened meanwhile was said to nobody
  }

  private appear(state: string): void {
    if (state === "live" || state === "refused") this.fallback.hide();
    this.root.hidden = false;
    put(this.root, "data-state", state);
  }

  private receive(push: AnyPush, bytes: Bytes | null): void {
    switch (push.kind) {
      case "jobs":
        this.form.look();
        return this.showJobs(push.jobs, push.paused, !this.form.node.hidden);
      case "job":
        this.notices.see(push.job);
        return this.rows.get(push.job.id)?.show(push.job);
      case "picture":
        if (bytes) this.rows.get(push.job)?.addPicture(push.number, bytes);
    }
  }

  private showJobs(jobs: JobFacts[], paused: boolean, hasQueue: boolean): void {
    if (!this.rows.size) this.list.replaceChildren();
    const gone = new Set(this.rows.keys());
    let before: Element | null = null;
    for (const job of jobs) {
      gone.delete(job.id);
      this.notices.see(job);
      const row = this.rows.get(job.id) ?? this.add(job);
      row.show(job);
      const place: Element | null = before ? before.nextElementSibling : this.list.firstElementChild;
      if (place !== row.node) this.move(row.node, place);
      before = row.node;
    }
    for (const id of gone) {
      this.rows.get(id)?.close();
      this.rows.delete(id);
    }
    this.fold(jobs);
    this.isPaused = paused;
    this.queue.hidden = !hasQueue || jobs.length === 0;
    say(this.pause, paused ? "Resume the queue" : "Pause the queue");
    put(this.pause, "aria-pressed", String(paused));
  }

  /** Leave out those that ended earlier, until somebody wants them. */
  private fold(jobs: JobFacts[]): void {
    const ended = this.showsAll ? [] : jobs.filter(isEnded).slice(SHOWN_AT_FIRST);
    const earlier = new Set(ended.map(({ id }) => id).filter((id) => !this.rows.get(id)?.isInUse));
    for (const [id, { node }] of this.rows) node.hidden = earlier.has(id);
    this.more.hidden = earlier.size === 0;
    say(this.more, `Show ${earlier.size} more`);
  }

  private showAll(): void {
    const first = this.list.querySelector<HTMLElement>(".bzp-job[hidden]");
    this.showsAll = true;
    for (const { node } of this.rows.values()) node.hidden = false;
    this.more.hidden = true;
    first?.querySelector<HTMLElement>("button:not([hidden])")?.focus();
  }

  private add(job: JobFacts): JobRow {
    const row = new JobRow(this.line, job);
    this.rows.set(job.id, row);
    return row;
  }

  /** Put a row elsewhere; the focus within it stays, which moving would lose. */
  private move(node: Element, place: Element | null): void {
    const tree = this.root.getRootNode() as Document | ShadowRoot;
    const focused = node.contains(tree.activeElement) ? (tree.activeElement as HTMLElement) : null;
    this.list.insertBefore(node, place);
    focused?.focus({ preventScroll: true });
  }

  private async togglePause(): Promise<void> {
    try {
      await this.line.ask({ kind: "pause", paused: !this.isPaused });
    } catch (error) {
      say(this.notice, error instanceof Error ? error.message : String(error));
    }
  }
}
