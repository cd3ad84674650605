import type { FilmInfo } from "./protocol";
import type { Requests } from "./requests";
import { element } from "../dom";
import { askStill } from "./stills";

/** Copy a frame at full size to the clipboard, or download it; says what was done. */
export async function capture(
  requests: Requests,
  film: FilmInfo,
  frame: number,
  how: "copy" | "download",
): Promise<string> {
  const picture = askStill(requests, frame, film.width, "png", false).then((still) => {
    if (!still) throw new Error("no picture came");
    return still.blob;
  });
  picture.catch(() => undefined); // told below
  if (how === "copy" && "ClipboardItem" in window && navigator.clipboard?.write) {
    try {
      // A promise: the clipboard is open only for the click that is going on.
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      return `Frame ${frame} copied`;
    } catch {
      // No permission, or no picture: downloading tells them apart.
    }
  }
  try {
    download(await picture, `${fileName(film.name)}-${frame}.png`);
    return `Frame ${frame} downloaded`;
  } catch {
    return `Frame ${frame} could not be had from the kernel`;
  }
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = element("a", "", { href: url, download: name });
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 80) || "film";
}
