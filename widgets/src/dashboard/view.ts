import { element, keepKey, put, say } from "../dom";
import { isAlive, sayLost, sayOf, type Silence } from "../kernel-watch";
import type { Model } from "../model";
import { Requests, NoAnswer } from "../panel/requests";
import { button } from "../panel/result";
import { Fallback } from "../player/fallback";
import { Charts } from "./charts";
import { Details } from "./details";
import { FilterBar } from "./filters";
import { RenderList } from "./list";
import {
  type AnyPush,
  type Bar,
  type Counts,
  type Figure,
  type OpenReply,
  PUSHES,
  type Request,
  type Selection,
  type Traits,
} from "./protocol";
import { moment, statusWord } from "./labels";

const WHAT = ["this", "to look into the history"] as const;

/** A dashboard on the page. */
export class DashboardView {
  private readonly root = element("section", "bazaar-panel bazaar-dashboard", { hidden: true, "aria-label": "History of renders" });
  private readonly notice = element("div", "bzp-notice", { role: "status", "aria-live": "polite" });
  private readonly figures = element("dl", "bzd-figures");
  private readonly single = element("div", "bzd-single", { hidden: true });
  private readonly saved = element("div", "bzd-saved", { hidden: true });
  private readonly main: HTMLElement;
  private readonly filters: FilterBar;
  private readonly charts: Charts;
  private readonly list: RenderList;
  private readonly line: Requests<Request, OpenReply, AnyPush>;
  private readonly fallback: Fallback;
  private readonly sizes: ResizeObserver;
  private counts: Counts | null = null;
  private selection: Selection | null = null;
  private alone: Details | null = null;
  private waiting = 0;
  private width = 0;

  constructor(
    private readonly model: Model<Traits>,
    el: HTMLElement,
  ) {
    this.line = new Requests<Request, OpenReply, AnyPush>(
      model,
      {
        opened: (reply) => this.opened(reply),
        unanswered: (why) => this.unanswered(why),
        refused: ({ message }) => this.refused(message),
        push: (push) => this.receive(push),
        lost: (lost, why) => this.lost(lost, why),
      },
      PUSHES,
    );
    const { line } = this;
    this.filters = new FilterBar(
      (filters) => this.want({ kind: "filter", filters }),
      () => this.want({ kind: "refresh" }),
    );
    this.charts = new Charts({
      bar: (bar) => this.pick(bar),
      render: (id, name) => this.showAlone(id, name),
    });
    this.list = new RenderList(line, () => this.want({ kind: "select", bar: null }), (error) => this.tell(error));
    this.fallback = new Fallback(model.get("fallback"));
    this.main = element("div", "bzd-main", {}, this.filters.node, this.figures, this.charts.node, this.single, this.list.node);
    this.root.append(this.notice, this.main, this.saved);
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.root);
    window.addEventListener("keydown", this.takeKeys, true);
    el.append(this.root);
    line.open();
  }

  close(): void {
    window.removeEventListener("keydown", this.takeKeys, true);
    this.sizes.disconnect();
    this.alone?.close();
    this.list.close();
    this.line.close();
    this.fallback.close();
    this.root.remove();
  }

  private readonly takeKeys = (event: KeyboardEvent): void =>
    keepKey(event, this.root, (kept) => this.charts.key(kept));

  private opened({ counts, selection }: OpenReply): void {
    this.appear("live");
    this.saved.hidden = true;
    this.main.hidden = false;
    this.show(counts, selection);
  }

  private unanswered(why: Silence): void {
    const hasFallback = this.fallback.exists; // which says how things were
    if (hasFallback && !isAlive(why)) return;
    this.appear("saved");
    say(this.notice, sayOf(why, ...WHAT));
    this.main.hidden = true;
    this.root.hidden = !this.notice.textContent;
    if (hasFallback) return;
    this.saved.hidden = false;
    const { figures, rows, read } = this.model.get("saved");
    const heads = ["Render", "Status", "When (UTC)", "Took", "Size"].map((name) => element("th", "", { scope: "col" }, name));
    const lines = rows.map(({ name, status, when, took, size }) =>
      element("tr", "", {}, ...[name, statusWord(status), when, took, size].map((text) => element("td", "", {}, text))),
    );
    const table = element("table", "bzd-list", {}, element("thead", "", {}, element("tr", "", {}, ...heads)), element("tbody", "", {}, ...lines));
    this.saved.replaceChildren(
      element("dl", "bzd-figures", {}, ...figures.map(tile)),
      ...(read ? [element("p", "bzp-soft bzd-nothing", {}, `The newest renders as of ${moment(read)}`)] : []),
      ...(rows.length ? [table] : []),
    );
  }

  private refused(message: string): void {
    this.appear("refused");
    this.main.hidden = this.counts === null;
    say(this.notice, message);
  }

  private lost(lost: boolean, why: Silence): void {
    say(this.notice, lost ? `${sayLost(why, ...WHAT)} What is shown is what it said last.` : "");
    put(this.root, "data-state", lost ? "lost" : "live");
    if (!lost) this.line.open(); // what happened meanwhile was said to nobody
  }

  private appear(state: string): void {
    if (state === "live" || state === "refused") this.fallback.hide();
    this.root.hidden = false;
    put(this.root, "data-state", state);
  }

  private receive(push: AnyPush): void {
    switch (push.kind) {
      case "counts":
        return this.show(push.counts, push.selection);
      case "selection":
        return this.show(this.counts, push.selection);
      case "trouble":
        return say(this.notice, push.message);
    }
  }

  private show(counts: Counts | null, selection: Selection): void {
    if (!counts) return;
    say(this.notice, "");
    const isOther = counts !== this.counts;
    this.counts = counts;
    this.selection = selection;
    this.filters.show(counts);
    if (isOther) this.figures.replaceChildren(...counts.figures.map(tile));
    this.charts.show(counts.charts, selection.bar);
    this.width = this.root.clientWidth;
    this.charts.draw();
    this.list.show(selection);
  }

  private resized(): void {
    const { clientWidth } = this.root;
    if (clientWidth === this.width) return;
    this.width = clientWidth;
    this.charts.draw();
  }

  private pick(bar: Bar): void {
    const now = this.selection?.bar;
    const isSame = now?.chart === bar.chart && now.key === bar.key && now.series === bar.series;
    this.want({ kind: "select", bar: isSame ? null : bar });
  }

  /** A render that a chart shows by itself. */
  private showAlone(id: string, name: string): void {
    this.alone?.close();
    this.alone = new Details(this.line, { id, name });
    const heading = element("h4", "bzd-heading", { tabindex: -1 }, name);
    const close = button("Close", () => {
      this.alone?.close();
      this.alone = null;
      this.single.hidden = true;
      this.single.replaceChildren();
    }, "bzp-small bzd-small");
    this.single.replaceChildren(element("div", "bzd-head", {}, heading, close), this.alone.node);
    this.single.hidden = false;
    heading.focus({ preventScroll: true });
    this.single.scrollIntoView({ block: "nearest" });
  }

  private want(request: Request): void {
    this.waiting++;
    put(this.root, "aria-busy", "true");
    this.line
      .ask(request)
      .catch((error: unknown) => {
        this.tell(error);
        if (this.counts) this.filters.show(this.counts); // nothing has changed
      })
      .finally(() => {
        if (--this.waiting === 0) put(this.root, "aria-busy", null);
      });
  }

  private tell(error: unknown): void {
    if (error instanceof NoAnswer) return; // that is told already
    say(this.notice, error instanceof Error ? error.message : String(error));
  }
}

function tile([name, value, about]: Figure): HTMLElement {
  return element("div", "bzd-figure", {}, element("dt", "bzp-label", {}, name), element("dd", "bzd-big", {}, value), element("dd", "bzp-soft bzd-sub", {}, about));
}
