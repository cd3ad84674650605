import { element } from "../dom";

/**
 * The picture: a video, and above it a still where the video does not show what it should.
 *
 * What is above stays until `uncover` is called, so that a frame never gives way to black.
 */
export class Picture {
  readonly video = element("video", "bz-video", { playsinline: true, disablepictureinpicture: true, tabindex: -1 });
  readonly node: HTMLElement;
  /** Holds the image above the video. */
  readonly above = element("div", "bz-above", { hidden: true });
  private url: string | null = null;
  private newest = 0;

  constructor() {
    this.video.preload = "auto";
    this.video.disableRemotePlayback = true;
    this.node = element("div", "bz-stage", {}, this.video, this.above);
  }

  /** Show an image above the video once it is decoded, if it is wanted still, and no newer one has come. */
  cover(blob: Blob, isWanted: () => boolean, seen: () => void): void {
    const mine = ++this.newest;
    const url = URL.createObjectURL(blob);
    const image = element("img", "", { src: url, alt: "", draggable: "false" });
    image.decode().then(
      () => {
        if (mine !== this.newest || !isWanted()) return URL.revokeObjectURL(url);
        this.put(image, url);
        return seen();
      },
      () => URL.revokeObjectURL(url), // not an image
    );
  }

  /** Keep what the video shows now in view, whatever happens to the video. */
  freeze(): void {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!this.above.hidden || !width || !height || this.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const canvas = element("canvas", "", { width, height });
    canvas.getContext("2d")?.drawImage(this.video, 0, 0);
    this.newest += 1;
    this.put(canvas, null);
  }

  /** Show the video. */
  uncover(): void {
    this.newest += 1;
    if (this.above.hidden) return;
    this.above.hidden = true;
    this.put(null, null);
  }

  close(): void {
    this.uncover();
  }

  private put(node: HTMLElement | null, url: string | null): void {
    this.above.replaceChildren(...(node ? [node] : []));
    if (node) this.above.hidden = false;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = url;
  }
}
