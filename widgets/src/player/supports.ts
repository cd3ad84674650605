const VIDEO = [
  ["h264", 'video/mp4; codecs="avc1.64001f"'],
  ["vp9", 'video/webm; codecs="vp09.00.31.08"'],
] as const;
const SOUND = [
  ["aac", 'audio/mp4; codecs="mp4a.40.2"'],
  ["opus", 'audio/webm; codecs="opus"'],
] as const;

/** Whether the browser can stream this; `null`, no stream, is never supported. */
export function supports(mime: string | null): boolean {
  return mime !== null && "MediaSource" in window && MediaSource.isTypeSupported(mime);
}

/** What the browser can play, in order of wish. */
export function playable(): { video: ("h264" | "vp9")[]; sound: ("aac" | "opus")[] } {
  return {
    video: VIDEO.filter(([, mime]) => supports(mime)).map(([name]) => name),
    sound: SOUND.filter(([, mime]) => supports(mime)).map(([name]) => name),
  };
}
