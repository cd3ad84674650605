/** Frames that are left out on a busy machine, and count as seen: so much of a second. */
const GAP_S = 0.5;

/** Which frames of a film were on the screen while it played. */
export class SeenFrames {
  private frames = new Uint8Array(0);
  private fps = 30;
  private count = 0;
  private last = -1;

  /** Begin anew, with a film of so many frames. */
  clear(frames = this.frames.length, fps = this.fps): void {
    this.frames = new Uint8Array(frames);
    this.fps = fps;
    this.count = 0;
    this.last = -1;
  }

  /** This frame is on the screen, and those since the last one were, if it is not far from that. */
  add(frame: number): void {
    const isNear = this.last >= 0 && this.last < frame && frame - this.last <= GAP_S * this.fps;
    for (let index = isNear ? this.last + 1 : frame; index <= frame; index++) {
      if (this.frames[index] !== 0) continue;
      this.frames[index] = 1;
      this.count += 1;
    }
    this.last = frame;
  }

  /** All of them, in seconds. */
  get seconds(): number {
    return this.count / this.fps;
  }
}
