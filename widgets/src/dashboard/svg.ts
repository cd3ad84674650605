const SPACE = "http://www.w3.org/2000/svg";

/** An SVG element with attributes and children; strings become text, never markup. */
export function shape<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number> = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
  }
  made.append(...children);
  return made;
}

let context: CanvasRenderingContext2D | null = null;

/** Measures texts in the font of a node, and cuts them to the room that there is. */
export class Letters {
  private readonly font: string;

  constructor(node: Element, size: number) {
    this.font = `${size}px ${getComputedStyle(node).fontFamily || "sans-serif"}`;
  }

  width(text: string): number {
    context ??= document.createElement("canvas").getContext("2d");
    if (!context) return text.length * 7;
    context.font = this.font;
    return context.measureText(text).width;
  }

  cut(text: string, room: number): string {
    if (this.width(text) <= room) return text;
    const letters = [...text];
    let [some, most] = [0, letters.length - 1];
    while (some < most) {
      const half = Math.ceil((some + most) / 2);
      if (this.width(`${letters.slice(0, half).join("")}…`) <= room) some = half;
      else most = half - 1;
    }
    return some > 0 ? `${letters.slice(0, some).join("")}…` : "";
  }
}
