import { element, put, say } from "../dom";
import { button } from "../panel/result";
import { Marks } from "./marks";
import type { Drawing } from "./outcome-columns";

export interface Table {
  heads: string[];
  rows: string[][];
}

/** One way to show something. */
export interface Look {
  /** In the switch of a card that has several. */
  name: string;
  /** What is drawn, with its unit. */
  about: string;
  /** What is said where there is nothing to draw; empty if there is. */
  nothing: string;
  draw(where: HTMLElement, width: number): Drawing;
  table(): Table;
}

let cards = 0;

/** A chart with its title, a switch if it has several looks, and the same as a table. */
export class Card {
  readonly node: HTMLElement;
  private readonly about = element("div", "bzp-soft bzd-about");
  private readonly plot: HTMLElement;
  private readonly table = element("div", "bzd-table", { hidden: true, tabindex: 0, role: "region" });
  private readonly select = element("select", "bzp-input bzd-switch");
  private readonly asTable: HTMLButtonElement;
  private readonly legend = element("div", "bzd-legend", { hidden: true });
  private readonly marks: Marks;
  private looks: Look[] = [];
  private place = 0;

  constructor(title: string, className = "") {
    const id = `bzd-card-${++cards}`;
    this.plot = element("div", "bzd-plot", { role: "group", "aria-label": title });
    this.marks = new Marks(this.plot);
    this.asTable = button("Table", () => this.toggleTable(), "bzp-small bzd-small");
    put(this.asTable, "aria-pressed", "false");
    put(this.asTable, "aria-label", `${title} as a table`);
    put(this.select, "aria-label", `${title}: what is shown`);
    put(this.table, "aria-label", `${title} as a table`);
    this.select.hidden = true;
    this.select.addEventListener("change", () => {
      this.place = this.select.selectedIndex;
      this.draw();
    });
    this.node = element(
      "section",
      `bzd-card ${className}`,
      { "aria-labelledby": id },
      element("div", "bzd-head", {}, element("h4", "bzd-heading", { id }, title), this.select, this.asTable),
      this.about,
      this.legend,
      this.plot,
      this.table,
    );
  }

  show(looks: Look[], legend: Node[] = []): void {
    this.looks = looks;
    this.place = Math.min(this.place, looks.length - 1);
    if (this.select.length !== looks.length) {
      this.select.replaceChildren(...looks.map(({ name }) => element("option", "", {}, name)));
      this.select.selectedIndex = this.place;
    }
    this.select.hidden = looks.length < 2;
    this.legend.replaceChildren(...legend);
    this.legend.hidden = legend.length === 0;
  }

  /** Draw it as wide as it is, if it can be seen. */
  draw(): void {
    const look = this.looks[this.place];
    if (!look || !this.node.clientWidth) return;
    say(this.about, look.about);
    this.asTable.hidden = look.nothing !== "";
    const isTable = this.asTable.getAttribute("aria-pressed") === "true" && !look.nothing;
    this.plot.hidden = isTable;
    this.table.hidden = !isTable;
    if (look.nothing) this.plot.replaceChildren(element("p", "bzp-soft bzd-nothing", {}, look.nothing));
    else if (isTable) this.table.replaceChildren(tableOf(look.table()));
    else {
      const { svg, marks } = look.draw(this.plot, this.plot.clientWidth);
      this.marks.show(svg, marks);
    }
  }

  key(event: KeyboardEvent): boolean {
    return this.marks.key(event);
  }

  private toggleTable(): void {
    put(this.asTable, "aria-pressed", String(this.table.hidden));
    this.draw();
  }
}

function tableOf({ heads, rows }: Table): HTMLTableElement {
  return element(
    "table",
    "",
    {},
    element("thead", "", {}, element("tr", "", {}, ...heads.map((head) => element("th", "", { scope: "col" }, head)))),
    element(
      "tbody",
      "",
      {},
      ...rows.map(([first, ...rest]) =>
        element("tr", "", {}, element("th", "", { scope: "row" }, first ?? ""), ...rest.map((one) => element("td", "", {}, one))),
      ),
    ),
  );
}
