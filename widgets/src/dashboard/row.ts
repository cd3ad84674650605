import { element, put } from "../dom";
import { Details, type DashboardRequests } from "./details";
import type { RenderLine } from "./protocol";
import { swatch } from "./outcome-columns";
import { exactly, moment, statusWord } from "./labels";

const COLUMNS = 7;

/** A render in the list, with a row below it for all that is known of it. */
export class RenderRow {
  readonly node = element("tr", "");
  readonly inside: HTMLTableRowElement;
  private readonly name = element("button", "bzd-name", { type: "button", "aria-expanded": "false" });
  private readonly place = element("td", "", { colspan: COLUMNS });
  private details: Details | null = null;
  private shown = "";

  constructor(
    private readonly line: DashboardRequests,
    private one: RenderLine,
  ) {
    this.inside = element("tr", "bzd-inside", { hidden: true }, this.place);
    this.name.addEventListener("click", () => this.toggle());
    this.show(one);
  }

  show(one: RenderLine): void {
    const text = JSON.stringify(one);
    if (text === this.shown) return;
    const isOther = this.shown !== "" && one.status !== this.one.status;
    this.shown = text;
    this.one = one;
    const isNamed = one.name.startsWith(one.film);
    const near = [one.about, one.took && `took ${one.took}`, one.size, one.user, one.project].filter(Boolean).join(" · ");
    const hadFocus = (this.node.getRootNode() as Document | ShadowRoot).activeElement === this.name;
    this.name.textContent = one.name;
    put(this.name, "title", one.name);
    this.node.replaceChildren(
      element(
        "td",
        "",
        {},
        this.name,
        element("div", "bzp-soft bzd-sub", { hidden: isNamed }, isNamed ? "" : one.film),
        element("div", "bzp-soft bzd-sub bzd-near", {}, near),
      ),
      element("td", "bzd-status", {}, swatch(one.status), ` ${statusWord(one.status)}`),
      element("td", "bzd-when", { title: exactly(one.when) }, moment(one.when)),
      element("td", "bzd-far", {}, one.user, element("div", "bzp-soft bzd-sub", {}, one.project)),
      element("td", "bzd-far", {}, one.about),
      element("td", "bzd-far bzd-number", {}, one.took),
      element("td", "bzd-far bzd-number", {}, one.size),
    );
    put(this.node, "data-status", one.status);
    if (hadFocus) this.focus();
    if (isOther && this.details) {
      this.toggle();
      this.toggle(); // there is more to tell of it now
    }
  }

  focus(): void {
    this.name.focus();
  }

  close(): void {
    this.details?.close();
    this.node.remove();
    this.inside.remove();
  }

  private toggle(): void {
    if (this.details) {
      this.details.close();
      this.details = null;
      this.place.replaceChildren();
    } else {
      this.details = new Details(this.line, this.one);
      this.place.replaceChildren(this.details.node);
    }
    this.inside.hidden = !this.details;
    put(this.name, "aria-expanded", String(this.details !== null));
  }
}
