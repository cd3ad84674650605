import { element, put, say } from "../dom";
import { button } from "../panel/result";
import type { DashboardRequests } from "./details";
import type { RenderLine, RowsReply, Selection } from "./protocol";
import { RenderRow } from "./row";
import { count } from "./labels";

const HEADS: [string, string][] = [
  ["Render", ""],
  ["Status", ""],
  ["When", ""],
  ["Who", "bzd-far"],
  ["Movie", "bzd-far"],
  ["Took", "bzd-far bzd-number"],
  ["Size", "bzd-far bzd-number"],
];

/** The renders of what is selected, the newest first; a click on one tells all about it. */
export class RenderList {
  readonly node: HTMLElement;
  private readonly title = element("h4", "bzd-heading", { tabindex: -1 });
  private readonly said = element("span", "bzp-soft", { role: "status", "aria-live": "polite" });
  private readonly body = element("tbody", "");
  private readonly table: HTMLTableElement;
  private readonly remove: HTMLButtonElement;
  private readonly more: HTMLButtonElement;
  private readonly rows = new Map<string, RenderRow>();
  private total = 0;
  private number = 0;

  constructor(
    private readonly line: DashboardRequests,
    unselect: () => void,
    private readonly trouble: (error: unknown) => void,
  ) {
    this.remove = button("Show all", () => {
      this.title.focus({ preventScroll: true }); // what had the focus is gone
      unselect();
    }, "bzp-small bzd-small");
    this.more = button("More", () => this.goOn());
    const heads = HEADS.map(([name, className]) => element("th", className, { scope: "col" }, name));
    this.table = element("table", "bzd-list", {}, element("thead", "", {}, element("tr", "", {}, ...heads)), this.body);
    this.node = element(
      "section",
      "bzd-renders",
      { "aria-label": "Renders" },
      element("div", "bzd-head", {}, this.title, this.said, this.remove),
      this.table,
      element("div", "bzd-foot", {}, this.more),
    );
  }

  /** Show a list; what somebody reads or plays in a row goes on, if the row is still there. */
  show({ label, count: total, rows }: Selection): void {
    this.number++;
    this.total = total;
    say(this.title, label ?? "All renders");
    this.title.classList.toggle("bzd-selected", label !== null);
    this.remove.hidden = label === null;
    put(this.table, "aria-label", `${label ?? "All renders"}, the newest first`);
    const kept = new Set(rows.map(({ id }) => id));
    for (const [id, row] of [...this.rows]) {
      if (kept.has(id)) continue;
      row.close();
      this.rows.delete(id);
    }
    let place = this.body.firstElementChild;
    for (const one of rows) {
      const row = this.rows.get(one.id);
      if (row && row.node === place) {
        row.show(one);
        place = row.inside.nextElementSibling;
      } else {
        row?.close();
        this.add(one, place);
      }
    }
    this.tell();
  }

  close(): void {
    for (const row of this.rows.values()) row.close();
    this.rows.clear();
  }

  private async goOn(): Promise<void> {
    const number = this.number;
    try {
      const { fields } = await this.line.ask<RowsReply>({ kind: "rows", offset: this.rows.size });
      if (number !== this.number || fields.offset !== this.rows.size) return;
      const [first] = fields.rows.map((one) => this.add(one, null));
      this.tell();
      first?.focus();
    } catch (error) {
      this.trouble(error);
    }
  }

  private add(one: RenderLine, place: Element | null): RenderRow {
    const row = new RenderRow(this.line, one);
    this.rows.set(one.id, row);
    this.body.insertBefore(row.node, place);
    this.body.insertBefore(row.inside, place);
    return row;
  }

  private tell(): void {
    const { size } = this.rows;
    say(this.said, size < this.total ? `${count(this.total)}, the newest ${size} shown` : count(this.total));
    this.more.hidden = size >= this.total || size === 0;
    this.table.hidden = size === 0;
  }
}
