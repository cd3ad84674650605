import type { Answer } from "./requests";
import type { EngagedRequest, FileReply, FileRequest, LinkReply, LinkRequest, Movie, Use } from "./protocol";

const AT_ONCE = 3;

/** Who hands movies over. */
export interface MovieRequests {
  ask<T>(request: FileRequest | LinkRequest): Promise<Answer<T>>;
  tell(request: EngagedRequest): void;
}

/** What made a movie. */
export interface Maker {
  id: string;
  /** Of the movie's file. */
  name: string;
}

/** Fetch a movie's bytes from the kernel, in pieces; `told` hears how much is there, 0 to 1. */
export async function fetchMovie(
  line: MovieRequests,
  job: Maker,
  movie: Movie,
  told: (part: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const first = await piece(line, job.id, 0);
  const size = first.byteLength;
  const pieces: Uint8Array<ArrayBuffer>[] = [first];
  const offsets: number[] = [];
  for (let offset = size; size > 0 && offset < movie.bytes; offset += size) offsets.push(offset);
  let there = size;
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < offsets.length) {
      signal.throwIfAborted();
      const place = next++;
      const bytes = await piece(line, job.id, offsets[place] as number);
      pieces[place + 1] = bytes;
      there += bytes.byteLength;
      told(there / movie.bytes);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (there !== movie.bytes) throw new Error(`${there} of ${movie.bytes} bytes came`);
  return new Blob(pieces, { type: movie.mime });
}

/** Have a link made: it is good for the moment, and kept nowhere. */
export async function askLink(line: MovieRequests, job: Maker, use: Use): Promise<string> {
  const { fields } = await line.ask<LinkReply>({ kind: "link", job: job.id, use });
  const { protocol } = new URL(fields.url, document.baseURI);
  if (protocol !== "https:" && protocol !== "http:") throw new Error("this link can't be opened");
  return fields.url;
}

async function piece(line: MovieRequests, job: string, offset: number): Promise<Uint8Array<ArrayBuffer>> {
  const { fields, bytes } = await line.ask<FileReply>({ kind: "file", job, offset });
  if (!bytes || fields.offset !== offset) throw new Error("the movie's bytes did not come");
  return bytes;
}
