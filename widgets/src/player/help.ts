import { element, treeOf } from "../dom";
import { closeButton } from "../icons";
import { KEYS } from "./keys";

/** The list of keys. */
export class Help {
  readonly node = element("div", "bz-help", { role: "dialog", "aria-label": "Keys", hidden: true });
  private readonly close = closeButton("Close");
  private before: Element | null = null;

  constructor(private readonly root: HTMLElement) {
    const list = element("dl", "");
    for (const [keys, what] of KEYS) {
      list.append(element("div", "", {}, element("dt", "", {}, ...caps(keys)), element("dd", "", {}, what)));
    }
    this.node.append(element("div", "bz-help-head", {}, element("span", "", {}, "Keys"), this.close), list);
    this.close.addEventListener("click", () => this.hide());
  }

  toggle(): void {
    if (!this.hide()) {
      this.before = treeOf(this.root).activeElement;
      this.node.hidden = false;
      this.close.focus({ preventScroll: true });
    }
  }

  hide(): boolean {
    if (this.node.hidden) return false;
    this.node.hidden = true;
    const back = this.before instanceof HTMLElement && this.root.contains(this.before) ? this.before : this.root;
    back.focus({ preventScroll: true });
    return true;
  }
}

function caps(keys: string): Node[] {
  return keys.split(/,? /).map((key) => element("kbd", "", {}, key));
}
