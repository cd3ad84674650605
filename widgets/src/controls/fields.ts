import { element, put, randomName } from "../dom";
import type { ControlFacts, Value } from "./protocol";

/** What can be changed of one control: its elements, and how they follow what the kernel says. */
export interface Field {
  readonly nodes: HTMLElement[];
  /** What is described by the hint and the error, and named by the label. */
  readonly main: HTMLElement;
  /** Whether `main` is a group, that is no field itself. */
  readonly isGroup?: boolean;
  show(facts: ControlFacts): void;
}

type Change = (value: Value) => void;

const DIGITS = 6;

/** Make the field of a control's kind; its shape is that of the facts at hand. */
export function fieldOf(facts: ControlFacts, change: Change): Field {
  switch (facts.kind) {
    case "switch":
      return switchField(change);
    case "slider":
      return sliderField(change);
    case "number":
      return numberField(change);
    case "lines":
      return linesField(change);
    case "color":
      return colorField(change);
    case "date":
      return textField("date", change);
    case "moment":
      return textField("datetime-local", change);
    case "choice":
      return choiceField(facts, change);
    case "buttons":
      return buttonsField(facts, change);
    case "other":
      return otherField();
    case "text":
      return textField("text", change);
  }
}

/** What a field can't follow: where it differs, the field is made anew. */
export function shapeOf({ kind, options, label }: ControlFacts): string {
  return JSON.stringify([kind, label, kind === "choice" || kind === "buttons" ? options : []]);
}

function switchField(change: Change): Field {
  const box = element("input", "", { type: "checkbox" });
  box.addEventListener("change", () => change(box.checked));
  return {
    nodes: [box],
    main: box,
    show: (facts) => {
      box.checked = facts.value === true;
      box.disabled = facts.disabled;
    },
  };
}

function sliderField(change: Change): Field {
  const slider = element("input", "bzc-slider", { type: "range" });
  const readout = element("output", "bzc-readout");
  slider.addEventListener("input", () => {
    readout.value = short(slider.valueAsNumber);
    change(slider.valueAsNumber);
  });
  return {
    nodes: [slider, readout],
    main: slider,
    show: (facts) => {
      bound(slider, facts);
      slider.value = String(facts.value);
      slider.disabled = facts.disabled;
      readout.value = short(Number(facts.value));
    },
  };
}

function numberField(change: Change): Field {
  const input = element("input", "bzp-input", { type: "number", step: "any" });
  // A number that is not there yet, as "-" is none, is waited for.
  input.addEventListener("input", () => Number.isFinite(input.valueAsNumber) && change(input.valueAsNumber));
  return {
    nodes: [input],
    main: input,
    show: (facts) => {
      bound(input, facts);
      input.disabled = facts.disabled;
      // "1." and "1.0" are 1 already: what is being typed stays as it is.
      if (input.valueAsNumber !== facts.value) input.value = facts.value === null ? "" : String(facts.value);
    },
  };
}

function textField(type: "text" | "date" | "datetime-local", change: Change): Field {
  const input = element("input", "bzp-input", { type, ...(type === "text" ? { spellcheck: "false" } : {}) });
  const words = element("datalist", "", { id: randomName() });
  if (type === "text") put(input, "list", words.id);
  input.addEventListener("input", () => change(input.value));
  return {
    nodes: type === "text" ? [input, words] : [input],
    main: input,
    show: (facts) => {
      follow(input, facts);
      words.replaceChildren(...facts.options.map((value) => element("option", "", { value })));
    },
  };
}

function linesField(change: Change): Field {
  const area = element("textarea", "bzp-input bzc-lines", { spellcheck: "false" });
  area.addEventListener("input", () => change(area.value));
  return {
    nodes: [area],
    main: area,
    show: (facts) => {
      follow(area, facts);
      area.rows = facts.rows || 2;
    },
  };
}

function colorField(change: Change): Field {
  const text = element("input", "bzp-input", { type: "text", spellcheck: "false" });
  const swatch = element("input", "bzc-swatch", { type: "color" });
  text.addEventListener("input", () => change(text.value));
  swatch.addEventListener("input", () => change((text.value = swatch.value)));
  return {
    nodes: [swatch, text],
    main: text,
    show: (facts) => {
      follow(text, facts);
      put(swatch, "aria-label", `${facts.label}: choose`);
      swatch.disabled = facts.disabled;
      if (facts.swatch && swatch.value !== facts.swatch) swatch.value = facts.swatch;
    },
  };
}

function choiceField({ options }: ControlFacts, change: Change): Field {
  const menu = element("select", "bzp-input");
  menu.append(...options.map((label, place) => element("option", "", { value: place }, label)));
  menu.addEventListener("change", () => change(menu.selectedIndex));
  return {
    nodes: [menu],
    main: menu,
    show: (facts) => {
      menu.selectedIndex = Number(facts.value);
      menu.disabled = facts.disabled;
    },
  };
}

function buttonsField({ options }: ControlFacts, change: Change): Field {
  const name = randomName();
  const radios = options.map((_, place) => element("input", "", { type: "radio", name, value: place }));
  const labels = radios.map((radio, place) => element("label", "bzc-radio", {}, radio, options[place] ?? ""));
  const group = element("div", "bzc-buttons", { role: "radiogroup" }, ...labels);
  group.addEventListener("change", () => change(radios.findIndex(({ checked }) => checked)));
  return {
    nodes: [group],
    main: group,
    isGroup: true,
    show: (facts) => {
      radios.forEach((radio, place) => {
        radio.checked = place === facts.value;
        radio.disabled = facts.disabled;
      });
    },
  };
}

function otherField(): Field {
  const words = element("div", "bzp-soft");
  return {
    nodes: [words],
    main: words,
    isGroup: true,
    show: ({ value }) => {
      words.textContent = `${value || "…"} (set from Python: only Jupyter shows this control)`;
    },
  };
}

function bound(input: HTMLInputElement, { low, high, step }: ControlFacts): void {
  put(input, "min", low === null ? null : String(low));
  put(input, "max", high === null ? null : String(high));
  put(input, "step", step ? String(step) : "any");
}

/** The same text is not written again: that would move the caret. */
function follow(input: HTMLInputElement | HTMLTextAreaElement, facts: ControlFacts): void {
  const text = String(facts.value ?? "");
  if (input.value !== text) input.value = text;
  if (facts.placeholder) put(input, "placeholder", facts.placeholder);
  input.disabled = facts.disabled;
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(DIGITS))) : "";
}
