import { element } from "../dom";
import { icon } from "../icons";

/** A button that takes away what it stands in. */
export function closeButton(label: string): HTMLButtonElement {
  return element("button", "bz-button", { type: "button", "aria-label": label, title: label }, icon("close"));
}
