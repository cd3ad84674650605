import type { FilmInfo } from "./protocol";
import type { Bytes } from "./requests";
import { Appends, Full } from "./source-buffer";
import { Times } from "./times";

export interface StreamListener {
  /** More is buffered, or less. */
  changed(): void;
  /** A segment is there, `again` if it took the place of an older one. */
  segment(index: number, again: boolean): void;
  /** These are not buffered any more. */
  dropped(segments: number[], sounds: number[]): void;
  /** The browser can't play what it got. */
  failed(what: "picture" | "sound"): void;
}

/** Bytes of picture that are kept at most; browsers allow 150 MB or less. */
const PICTURE_BYTES = 100e6;
/** How far the sound may end before the picture does. */
const SOUND_SLACK_S = 0.25;

interface Segment {
  generation: number;
  bytes: number;
}

/** A film's buffered segments and sound, in a media source of fixed layout. */
export class Stream {
  private readonly source = new MediaSource();
  private readonly url = URL.createObjectURL(this.source);
  private readonly times: Times;
  private readonly segments = new Map<number, Segment>();
  /** Where the pieces of sound begin, in seconds. */
  private readonly sounds = new Map<number, number>();
  private readonly ready: Promise<void>;
  private picture: Appends | null = null;
  private sound: Appends | null = null;
  private budget = PICTURE_BYTES;
  /** Counts the film's sounds: what is left of an older one plays no part. */
  private track = 0;
  private playhead = 0;
  private closed = false;

  constructor(
    private readonly film: FilmInfo,
    private readonly video: HTMLVideoElement,
    private readonly listener: StreamListener,
  ) {
    this.times = new Times(...film.fps);
    this.ready = new Promise((resolve) => {
      this.source.addEventListener(
        "sourceopen",
        () => {
          URL.revokeObjectURL(this.url);
          if (!this.closed) this.open();
          resolve();
        },
        { once: true },
      );
    });
    video.src = this.url;
  }

  /** Add a segment, or put it in the place of an older one. */
  async addSegment(index: number, generation: number, bytes: Bytes): Promise<void> {
    const start = this.film.edges[index];
    if (start === undefined || index >= this.film.edges.length - 1) return;
    if (this.segments.get(index)?.generation === generation) return; // sent again after the view was opened again
    await this.add(
      () => this.picture,
      bytes,
      this.times.start(start),
      () => {
        if (!this.isWhole(index)) return this.listener.failed("picture"); // read without an error, but no film
        const again = this.segments.has(index);
        this.segments.set(index, { generation, bytes: bytes.byteLength });
        this.makeRoom();
        this.listener.segment(index, again);
      },
      () => this.listener.dropped([index], []),
    );
  }

  /** Add a piece of sound that starts at `offset` seconds. */
  async addSound(index: number, offset: number, bytes: Bytes): Promise<void> {
    if (this.sounds.has(index)) return;
    const { track } = this;
    await this.add(
      () => this.sound,
      bytes,
      offset,
      () => track === this.track && this.sounds.set(index, offset),
      () => this.listener.dropped([], [index]),
    );
  }

  /** The sound has changed: forget the old. */
  dropSound(): void {
    this.track += 1;
    this.sounds.clear();
    void this.sound?.remove(0, Infinity).then(() => this.settle(), () => undefined);
  }

  /** Where the person looks, so that what is far from there goes first. */
  lookAt(frame: number): void {
    this.playhead = frame;
  }

  /** Whether the media element can show this frame now. */
  has(frame: number): boolean {
    return this.hasPicture(frame) && this.hasSound(this.times.middle(frame));
  }

  hasPicture(frame: number): boolean {
    return this.segments.has(this.segmentOf(frame));
  }

  /** What is buffered, by its numbers. */
  held(): [segments: number[], sounds: number[]] {
    return [[...this.segments.keys()], [...this.sounds.keys()]];
  }

  /** The generation of the film that a frame's segment is of. */
  generationOf(frame: number): number {
    return this.segments.get(this.segmentOf(frame))?.generation ?? -1;
  }

  segmentOf(frame: number): number {
    const { edges } = this.film;
    let low = 0;
    let high = edges.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle]! <= frame) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Runs of buffered frames, half-open. */
  buffered(): [number, number][] {
    const runs: [number, number][] = [];
    for (const index of [...this.segments.keys()].sort((a, b) => a - b)) {
      const [start, stop] = [this.film.edges[index]!, this.film.edges[index + 1]!];
      const last = runs.at(-1);
      if (last && last[1] === start) last[1] = stop;
      else runs.push([start, stop]);
    }
    return runs;
  }

  close(): void {
    this.closed = true;
    URL.revokeObjectURL(this.url);
    this.segments.clear();
    this.sounds.clear();
  }

  private open(): void {
    const { video_mime, sound_mime, frames } = this.film;
    try {
      if (video_mime) this.picture = new Appends(this.source, this.source.addSourceBuffer(video_mime));
      if (sound_mime) this.sound = new Appends(this.source, this.source.addSourceBuffer(sound_mime));
      this.source.duration = this.times.start(frames);
    } catch {
      this.listener.failed("picture");
    }
  }

  private async add(
    queue: () => Appends | null,
    bytes: Bytes,
    offset: number,
    added: () => void,
    refused: () => void,
  ): Promise<void> {
    await this.ready;
    const appends = queue();
    if (this.closed || !appends) return;
    try {
      await this.append(appends, bytes, offset);
    } catch (error) {
      if (this.closed) return;
      if (error instanceof Full) refused();
      else this.listener.failed(appends === this.sound ? "sound" : "picture");
      return;
    }
    if (this.closed) return;
    added();
    this.settle();
  }

  private async append(appends: Appends, bytes: Bytes, offset: number): Promise<void> {
    try {
      await appends.append(bytes, offset);
    } catch (error) {
      if (!(error instanceof Full) || this.closed) throw error;
      this.budget = Math.max(this.total() / 2, 2 * bytes.byteLength);
      await (appends === this.sound ? this.dropFarSounds() : this.makeRoom());
      await appends.append(bytes, offset);
    }
  }

  /** Drop the segments that are farthest from the playhead, until the rest fits. */
  private async makeRoom(): Promise<void> {
    const here = this.segmentOf(this.playhead);
    const far = [...this.segments.keys()].sort((a, b) => Math.abs(b - here) - Math.abs(a - here));
    const dropped: number[] = [];
    const removals: Promise<void>[] = [];
    for (const index of far) {
      if (this.total() <= this.budget || Math.abs(index - here) <= 1) break;
      this.segments.delete(index);
      dropped.push(index);
      // Bounds between frames: rounded time stamps must not take a neighbour's first frame along.
      const [start, stop] = [this.film.edges[index]! - 0.5, this.film.edges[index + 1]! - 0.5];
      removals.push(this.picture!.remove(this.times.start(start), this.times.start(stop)));
    }
    if (!dropped.length) return;
    this.listener.dropped(dropped, []);
    await Promise.all(removals);
    this.listener.changed();
  }

  private async dropFarSounds(): Promise<void> {
    const here = this.times.start(this.playhead);
    const far = [...this.sounds].sort(([, a], [, b]) => Math.abs(b - here) - Math.abs(a - here));
    const dropped = far.slice(0, Math.ceil(far.length / 2)).map(([index]) => index);
    const starts = [...this.sounds.values()].sort((a, b) => a - b);
    const removals = dropped.map((index) => {
      const offset = this.sounds.get(index)!;
      this.sounds.delete(index);
      return this.sound!.remove(offset, starts.find((start) => start > offset) ?? Infinity);
    });
    this.listener.dropped([], dropped);
    await Promise.all(removals);
  }

  private total(): number {
    return [...this.segments.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  private hasSound(second: number): boolean {
    if (!this.sound) return true;
    return this.sound.covers(second, second) || (this.soundIsWhole() && second >= this.soundEnd());
  }

  private soundEnd(): number {
    return this.sound?.buffered.at(-1)?.[1] ?? 0;
  }

  private soundIsWhole(): boolean {
    return !this.sound || this.soundEnd() >= this.times.start(this.film.frames) - SOUND_SLACK_S;
  }

  /** Whether all of a segment's frames are buffered. */
  private isWhole(index: number): boolean {
    const [start, stop] = [this.film.edges[index]!, this.film.edges[index + 1]! - 1];
    return this.picture!.covers(this.times.middle(start), this.times.middle(stop));
  }

  /** After each change: see what the browser kept, and end the stream where it is whole to its end. */
  private settle(): void {
    if (this.closed || !this.picture) return;
    const gone = [...this.segments.keys()].filter((index) => !this.isWhole(index));
    for (const index of gone) this.segments.delete(index);
    if (gone.length) this.listener.dropped(gone, []);
    const idle = this.picture.idle && (!this.sound || this.sound.idle);
    const hasEnd = this.segments.has(this.film.edges.length - 2) && this.soundIsWhole();
    // Without this a seek behind the last sample of sound waits for more.
    if (idle && hasEnd && this.source.readyState === "open" && this.video.error === null) this.source.endOfStream();
    this.listener.changed();
  }
}
