import { element, put, randomName, say } from "../dom";
import { type Watched, watchMedia } from "../watched-time";
import { askLink, fetchMovie, type Maker, type MovieRequests } from "./movie-transfer";
import { NoAnswer } from "./requests";
import type { Movie } from "./protocol";

const KEEP_MS = 60_000;
const FOLDER = "inode/directory";

/** A finished movie: plays it, hands it over. Links are asked for by a click, and kept nowhere. */
export class Result {
  readonly node = element("div", "bzp-result");
  readonly buttons: HTMLButtonElement[];
  readonly save: HTMLButtonElement;
  /** Whether a browser shows it. */
  readonly plays: boolean;
  private readonly screen = element("div", "bzp-screen", { hidden: true });
  private readonly said = element("div", "bzp-said", { role: "status", "aria-live": "polite" });
  private readonly play: HTMLButtonElement;
  private readonly stopping = new AbortController();
  private blob: Promise<Blob> | null = null;
  private address = "";
  private unwatch: () => void = () => undefined;

  constructor(
    private readonly line: MovieRequests,
    private readonly job: Maker,
    private readonly movie: Movie,
  ) {
    this.play = button("Play", () => this.show());
    this.save = button("Download", () => this.download());
    const isFolder = movie.mime === FOLDER;
    this.plays = /^(video|audio|image)\//.test(movie.mime);
    this.buttons = [...(this.plays ? [this.play] : []), ...(isFolder ? [] : [this.save])];
    if (isFolder) say(this.said, "The pictures are in their folder on the kernel’s machine.");
    if (movie.shared) this.buttons.push(button("Copy link", () => this.copy()));
    this.node.append(this.screen, this.said);
  }

  close(): void {
    this.stopping.abort();
    this.unwatch();
    if (this.address) URL.revokeObjectURL(this.address);
  }

  /** Play it here, from its bytes, or from a link. */
  async show(): Promise<void> {
    await this.trying(this.play, async () => {
      const { movie } = this;
      const source = movie.inline ? await this.local() : await askLink(this.line, this.job, "play");
      const shown = movie.mime.startsWith("image/") ? this.picture(source) : this.media(source);
      shown.style.setProperty("--bzp-shape", String(movie.width / movie.height));
      this.unwatch();
      this.unwatch = watchMedia(shown, (watched) => this.tell(watched));
      this.screen.replaceChildren(shown);
      this.screen.hidden = false;
      const hadFocus = (this.play.getRootNode() as Document | ShadowRoot).activeElement === this.play;
      this.play.hidden = true;
      if (hadFocus) shown.focus({ preventScroll: true });
    });
  }

  private media(source: string): HTMLMediaElement {
    const media = this.movie.mime.startsWith("audio/")
      ? element("audio", "bzp-sound", { controls: true, preload: "metadata" })
      : element("video", "bzp-movie", { controls: true, loop: true, playsinline: true, preload: "metadata" });
    put(media, "aria-label", this.job.name);
    media.addEventListener("error", () => {
      this.screen.hidden = true;
      this.play.hidden = false;
      say(this.said, "This browser can’t play it: download it, and play it elsewhere.");
    });
    media.src = source;
    return media;
  }

  private picture(source: string): HTMLImageElement {
    return element("img", "bzp-movie", { src: source, alt: this.job.name });
  }

  private async download(): Promise<void> {
    await this.trying(this.save, async () => {
      const { job, movie } = this;
      if (movie.sent) {
        const address = URL.createObjectURL(await this.bytes(this.save));
        window.setTimeout(() => URL.revokeObjectURL(address), KEEP_MS);
        element("a", "", { href: address, download: job.name }).click();
      } else {
        const link = await askLink(this.line, job, "download");
        element("a", "", { href: link, download: job.name, target: "_blank", rel: "noopener noreferrer" }).click();
      }
      this.tell({ what: "download", showing: randomName(), seen_s: 0 });
      say(this.said, `${job.name} is downloaded.`);
    });
  }

  /** For the history; nobody waits for it. */
  private tell(engaged: Watched | { what: "download"; showing: string; seen_s: 0 }): void {
    this.line.tell({ kind: "engaged", job: this.job.id, ...engaged });
  }

  private async copy(): Promise<void> {
    await this.trying(null, async () => {
      const link = await askLink(this.line, this.job, "share");
      try {
        await navigator.clipboard.writeText(link);
        say(this.said, "Link copied.");
      } catch {
        const shown = element("input", "bzp-input", { type: "text", readonly: true, "aria-label": "Link", value: link });
        this.said.replaceChildren(shown);
        shown.select();
      }
    });
  }

  private async local(): Promise<string> {
    const blob = await this.bytes(this.play);
    this.stopping.signal.throwIfAborted();
    this.address ||= URL.createObjectURL(blob);
    return this.address;
  }

  private bytes(told: HTMLButtonElement): Promise<Blob> {
    const label = told.textContent;
    this.blob ??= fetchMovie(
      this.line,
      this.job,
      this.movie,
      (part) => say(told, `${label} ${Math.round(100 * part)} %`),
      this.stopping.signal,
    ).catch((error: unknown) => {
      this.blob = null;
      throw error;
    });
    return this.blob.finally(() => say(told, label ?? ""));
  }

  private async trying(pressed: HTMLButtonElement | null, what: () => Promise<void>): Promise<void> {
    if (pressed?.ariaBusy === "true") return;
    if (pressed) pressed.ariaBusy = "true";
    say(this.said, "");
    try {
      await what();
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      const text = error instanceof Error ? error.message : String(error);
      say(this.said, error instanceof NoAnswer ? "The kernel did not answer." : text);
    } finally {
      if (pressed) pressed.ariaBusy = "false";
    }
  }
}

export function button(label: string, click: () => unknown, more = ""): HTMLButtonElement {
  const made = element("button", `bzp-button ${more}`, { type: "button" }, label);
  made.addEventListener("click", () => void click());
  return made;
}
