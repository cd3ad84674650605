import { element } from "./dom";

/** Outlines on a 24 x 24 grid. */
const PATHS = {
  play: "M8 5.2v13.6a.6.6 0 0 0 .92.5l10.6-6.8a.6.6 0 0 0 0-1L8.92 4.7A.6.6 0 0 0 8 5.2z",
  pause: "M7 5h3.4v14H7zM13.6 5H17v14h-3.4z",
  back: "M16.5 6h2v12h-2zM14 6.6v10.8a.5.5 0 0 1-.78.4L5.4 12.4a.5.5 0 0 1 0-.8l7.82-5.4a.5.5 0 0 1 .78.4z",
  forth: "M5.5 6h2v12h-2zM10 6.6v10.8a.5.5 0 0 0 .78.4l7.82-5.4a.5.5 0 0 0 0-.8L10.78 6.2a.5.5 0 0 0-.78.4z",
  loop: "M17 3.5 21 7l-4 3.5V8H7.5A2.5 2.5 0 0 0 5 10.5V12H3v-1.5A4.5 4.5 0 0 1 7.5 6H17zM7 20.5 3 17l4-3.5V16h9.5a2.5 2.5 0 0 0 2.5-2.5V12h2v1.5a4.5 4.5 0 0 1-4.5 4.5H7z",
  markIn: "M9 4h7v2h-5v12h5v2H9z",
  markOut: "M15 4H8v2h5v12H8v2h7z",
  sound: "M4 9.5h3.5L12 5.6v12.8L7.5 14.5H4zM14.5 8.2a4.6 4.6 0 0 1 0 7.6M16.6 5.4a8 8 0 0 1 0 13.2",
  muted: "M4 9.5h3.5L12 5.6v12.8L7.5 14.5H4zM15.5 9.5l5 5M20.5 9.5l-5 5",
  camera: "M4 7.5h3.2L8.8 5.5h6.4l1.6 2H20a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8.5a1 1 0 0 1 1-1zM12 9.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8z",
  help: "M9 9.2a3 3 0 1 1 4.7 2.5c-1 .7-1.7 1.3-1.7 2.5M12 17.4v.2",
  more: "M6 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM12 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM18 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
  whole: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  small: "M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5",
  close: "M6 6l12 12M18 6 6 18",
} as const;

/** Icons that are drawn by their outline alone. */
const LINES = new Set<IconName>(["help", "whole", "small", "close", "muted", "sound", "camera"]);

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", LINES.has(name) ? "bz-icon bz-icon-line" : "bz-icon");
  svg.dataset.icon = name;
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button that takes away what it stands in. */
export function closeButton(label: string): HTMLButtonElement {
  return element("button", "bz-button", { type: "button", "aria-label": label, title: label }, icon("close"));
}
