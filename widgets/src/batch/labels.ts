import { clock } from "../panel/labels";
import { type BatchFacts, COUNTS } from "./protocol";

const STAGES: Record<string, string> = {
  checking: "Checking rows",
  rendering: "Rendering",
  waiting: "Waiting",
  cancelling: "Stopping",
};
const WORDS: Record<(typeof COUNTS)[number], string> = {
  made: "rendered",
  kept: "there already",
  failed: "failed",
  cancelled: "cancelled",
  refused: "bad rows",
  left: "not begun",
};

/** How many films have a movie. */
export function moviesOf({ counts }: BatchFacts): number {
  return counts.made + counts.kept;
}

/** How it ended, or what it does, for colours: all movies there, some missing, or at work. */
export function outcomeOf(batch: BatchFacts): string {
  if (batch.stage !== "done") return batch.stage;
  return batch.total && moviesOf(batch) === batch.total ? "succeeded" : "incomplete";
}

/** What it does, in a word or two. */
export function stageOf(batch: BatchFacts): string {
  if (batch.stage !== "done") return STAGES[batch.stage] ?? "Working";
  if (!moviesOf(batch)) return batch.total ? "No film was made" : "No rows";
  return moviesOf(batch) === batch.total ? "Finished" : `${count(batch.total - moviesOf(batch))} without a movie`;
}

/** How far it is: films, frames, time left. */
export function progressOf(batch: BatchFacts): string {
  if (batch.stage === "checking") return `${count(batch.films)} rows checked`;
  const parts = [`${count(batch.films)} of ${count(batch.total)} films`];
  const all = batch.total_frames ? ` of ${count(batch.total_frames)}` : "";
  parts.push(`${count(batch.frames)}${all} frames`);
  if (batch.eta_s !== null) parts.push(`${clock(batch.eta_s)} left`);
  return parts.join(" · ");
}

/** What became of those that have ended, by its name in the protocol. */
export function countsOf({ counts }: BatchFacts): [string, string][] {
  return COUNTS.filter((name) => counts[name] > 0).map((name) => [name, counted(counts[name], WORDS[name])]);
}

/** How much of it is done, from 0 to 1: by frames where they are known. */
export function fractionOf(batch: BatchFacts): number {
  if (batch.stage === "checking" || !batch.total) return 0;
  if (batch.stage === "done") return 1;
  return batch.total_frames ? Math.min(1, batch.frames / batch.total_frames) : batch.films / batch.total;
}

function count(number: number): string {
  return number.toLocaleString("en");
}

function counted(number: number, word: string): string {
  return `${count(number)} ${number === 1 ? word.replace("rows", "row") : word}`;
}
