import { element, put, say } from "../dom";

/** Something in a chart that can be pointed at, and mostly pressed. */
export interface Mark {
  node: SVGGElement;
  /** Which one it is, whenever it is drawn. */
  key: string;
  /** What it says to all: in the tip, and to those who hear the page. */
  text: string;
  /** A column, or what else the left and right keys go along. */
  group: number;
  pressed: boolean;
  pick: () => void;
}

/**
 * The marks of one chart: a single stop for the Tab key, arrows go from mark to mark, Enter and Space press.
 *
 * Drawn again, the chart has the focus on the same mark.
 */
export class Marks {
  readonly tip = element("div", "bzd-tip", { hidden: true, "aria-hidden": true });
  private marks: Mark[] = [];
  private current = "";

  constructor(private readonly plot: HTMLElement) {
    plot.append(this.tip);
    const of = (event: Event): Mark | undefined => this.marks.find(({ node }) => node.contains(event.target as Node));
    plot.addEventListener("click", (event) => of(event)?.pick());
    let held: Mark | undefined;
    plot.addEventListener("pointerdown", (event) => (held = of(event)));
    plot.addEventListener("pointerup", (event) => {
      const mark = of(event);
      // Drawn again between the two: to the browser that is no click.
      if (mark && held && mark.key === held.key && mark.node !== held.node) mark.pick();
      held = undefined;
    });
    plot.addEventListener("pointerover", (event) => this.tell(of(event)));
    plot.addEventListener("pointerleave", () => this.tell(undefined));
    plot.addEventListener("focusin", (event) => {
      const mark = of(event);
      if (mark) this.step(mark, false);
      this.tell(mark);
    });
    plot.addEventListener("focusout", () => this.tell(undefined));
  }

  /** Show a drawing. */
  show(drawing: SVGSVGElement, marks: Mark[]): void {
    const tree = this.plot.getRootNode() as Document | ShadowRoot;
    const hadFocus = tree.activeElement !== null && this.plot.contains(tree.activeElement);
    this.marks = marks;
    for (const { node, text, pressed } of marks) {
      node.classList.add("bzd-mark");
      put(node, "role", "button");
      put(node, "aria-label", text);
      put(node, "aria-pressed", String(pressed));
      put(node, "tabindex", "-1");
    }
    const current = marks.find(({ key }) => key === this.current) ?? marks[0];
    if (current) put(current.node, "tabindex", "0");
    this.tip.hidden = true;
    this.plot.replaceChildren(drawing, this.tip);
    if (hadFocus) current?.node.focus({ preventScroll: true });
  }

  /** Act on a key, if it is for a mark; tells whether it was. */
  key(event: KeyboardEvent): boolean {
    const place = this.marks.findIndex(({ node }) => node === event.composedPath()[0]);
    const mark = this.marks[place];
    if (!mark) return false;
    const to = this.goal(event.key, place, mark);
    if (to) this.step(to, true);
    else if (event.key === "Enter" || event.key === " ") mark.pick();
    else return false;
    event.preventDefault();
    return true;
  }

  private goal(key: string, place: number, mark: Mark): Mark | null {
    const last = this.marks.length - 1;
    const along = (by: 1 | -1): Mark | undefined => {
      const others = this.marks.filter(({ group }) => (group - mark.group) * by > 0);
      const next = others.at(by > 0 ? 0 : -1);
      return next && others.find(({ group }) => group === next.group);
    };
    const isRow = this.marks[0]?.group === this.marks[last]?.group;
    switch (key) {
      case "ArrowRight":
        return (isRow ? this.marks[Math.min(last, place + 1)] : along(1)) ?? mark;
      case "ArrowLeft":
        return (isRow ? this.marks[Math.max(0, place - 1)] : along(-1)) ?? mark;
      case "ArrowDown":
        return this.marks[Math.min(last, place + 1)] ?? mark;
      case "ArrowUp":
        return this.marks[Math.max(0, place - 1)] ?? mark;
      case "Home":
        return this.marks[0] ?? mark;
      case "End":
        return this.marks[last] ?? mark;
      default:
        return null;
    }
  }

  private step(to: Mark, focus: boolean): void {
    this.current = to.key;
    for (const mark of this.marks) put(mark.node, "tabindex", mark === to ? "0" : "-1");
    if (focus) to.node.focus();
  }

  private tell(mark: Mark | undefined): void {
    this.tip.hidden = !mark;
    if (!mark) return;
    say(this.tip, mark.text);
    const plot = this.plot.getBoundingClientRect();
    const box = (mark.node.querySelector(".bzd-spot") ?? mark.node).getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.tip;
    const left = Math.max(0, Math.min(plot.width - width, box.left - plot.left + (box.width - width) / 2));
    const above = box.top - plot.top - height - 6;
    this.tip.style.transform = `translate(${left}px, ${above < -30 ? box.bottom - plot.top + 6 : above}px)`;
  }
}
