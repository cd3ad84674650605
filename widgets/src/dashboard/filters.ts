import { element, put, say } from "../dom";
import { button } from "../panel/result";
import type { Counts, Choices, Filters } from "./protocol";
import { exactly, moment, statusWord } from "./labels";

const PERIODS: [string, string][] = [
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
  ["90d", "Last 90 days"],
  ["365d", "Last year"],
  ["", "All time"],
];
const DATES = "dates";
const DAY = /^\d{4}-\d{2}-\d{2}/;

/** What may be chosen; each change is asked for at once. */
export class FilterBar {
  readonly node = element("div", "bzd-filters", { role: "group", "aria-label": "Filters" });
  private readonly period = element("select", "bzp-input");
  private readonly from = element("input", "bzp-input", { type: "date" });
  private readonly to = element("input", "bzp-input", { type: "date" });
  private readonly fromField = field("From", this.from);
  private readonly toField = field("To", this.to);
  private readonly project = element("select", "bzp-input");
  private readonly user = element("select", "bzp-input");
  private readonly status = element("select", "bzp-input");
  private readonly refresh: HTMLButtonElement;
  private readonly read = element("span", "bzp-soft bzd-read");
  private filters: Filters = { since: null, until: null, project: null, user: null, status: null };

  constructor(
    private readonly ask: (filters: Filters) => void,
    again: () => void,
  ) {
    this.refresh = button("Refresh", again);
    this.node.append(
      field("Period", this.period),
      this.fromField,
      this.toField,
      field("Project", this.project),
      field("User", this.user),
      field("Status", this.status),
      element("div", "bzd-again", {}, this.refresh, this.read),
    );
    this.period.addEventListener("change", () => this.choosePeriod());
    for (const day of [this.from, this.to]) day.addEventListener("change", () => this.chooseDays());
    for (const name of ["project", "user", "status"] as const) {
      this[name].addEventListener("change", () => {
        const { value, selectedIndex } = this[name];
        this.change({ [name]: selectedIndex === 0 ? null : value });
      });
    }
  }

  show({ filters, choices, read }: Counts): void {
    this.filters = filters;
    this.showPeriod(filters);
    for (const name of ["project", "user", "status"] as const) options(this[name], choices, name, filters[name]);
    say(this.read, `as of ${moment(read)}`);
    put(this.read, "title", exactly(read));
  }

  private showPeriod({ since, until }: Filters): void {
    const isAgo = since === null || !DAY.test(since);
    const offers = [...PERIODS];
    let value = since ?? "";
    if (until !== null || !isAgo) {
      value = DATES;
    } else if (!offers.some(([offer]) => offer === value)) {
      offers.unshift([value, `Last ${value}`]);
    }
    offers.push([DATES, "From … to …"]);
    this.period.replaceChildren(...offers.map(([offer, label]) => element("option", "", { value: offer }, label)));
    this.period.value = value;
    this.showDays(value === DATES);
    this.from.value = since !== null && DAY.test(since) ? since.slice(0, 10) : "";
    this.to.value = until !== null && DAY.test(until) ? until.slice(0, 10) : "";
  }

  private showDays(shown: boolean): void {
    this.fromField.hidden = this.toField.hidden = !shown;
  }

  private choosePeriod(): void {
    const { value } = this.period;
    this.showDays(value === DATES);
    if (value !== DATES) this.change({ since: value || null, until: null });
    else this.from.focus();
  }

  private chooseDays(): void {
    this.change({ since: this.from.value || null, until: this.to.value || null });
  }

  private change(some: Partial<Filters>): void {
    this.filters = { ...this.filters, ...some };
    this.ask(this.filters);
  }
}

function field(label: string, control: HTMLElement): HTMLLabelElement {
  return element("label", "bzp-field", {}, element("span", "bzp-label", {}, label), control);
}

function options(select: HTMLSelectElement, choices: Choices, name: keyof Choices, value: string | null): void {
  const some = choices[name];
  const shown = name === "status" ? some.map(statusWord) : some;
  const all = element("option", "", {}, "All");
  select.replaceChildren(all, ...some.map((one, place) => element("option", "", { value: one }, shown[place] ?? one)));
  select.selectedIndex = value === null ? 0 : 1 + some.indexOf(value);
}
