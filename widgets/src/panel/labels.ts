import type { JobFacts } from "./protocol";

const STAGES: Record<string, string> = {
  queued: "Waiting for free cores", // which other kernels of this machine have
  starting: "Starting workers",
  evaluating: "Evaluating",
  rendering: "Rendering",
  sound: "Mixing sound",
  joining: "Joining",
  uploading: "Uploading",
  done: "Finishing",
};
const ENDS: Record<string, string> = { succeeded: "Finished", failed: "Failed", cancelled: "Cancelled" };

export function isEnded({ status }: JobFacts): boolean {
  return status in ENDS;
}

/** What a job does, in a word or two. */
export function stageOf(job: JobFacts): string {
  const end = ENDS[job.status];
  if (end) return end;
  if (job.place !== null) return job.place === 0 ? "Next in the queue" : `Waiting, ${job.place} before it`;
  if (job.waits_for) return job.waits_for.charAt(0).toUpperCase() + job.waits_for.slice(1);
  return STAGES[job.stage] ?? "Working";
}

/** How far it is: frames, frames a second, time left. */
export function progressOf(job: JobFacts): string {
  const isFirst = job.stage === "evaluating";
  const parts = [isFirst ? `${job.evaluated} of ${job.total} frames evaluated` : `${job.frames} of ${job.total} frames`];
  if (job.cached > 0) parts.push(`${job.cached} were there`);
  if (job.fps !== null && job.stage === "rendering") parts.push(`${job.fps < 10 ? job.fps.toFixed(1) : Math.round(job.fps)} fps`);
  if (job.uploaded !== null && job.stage === "uploading") parts.push(`${Math.floor(100 * job.uploaded)} % uploaded`);
  if (job.eta_s !== null) parts.push(`${clock(job.eta_s)} left`);
  return parts.join(" · ");
}

/** A time that is left, as 12 s or 3 h 5 min. */
export function clock(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A time in a film, as 0:07.50. */
export function timeAt(frame: number, [numerator, denominator]: [number, number]): string {
  const hundredths = Math.round((frame * denominator * 100) / numerator);
  const seconds = Math.floor(hundredths / 100);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}.${two(hundredths % 100)}`;
}
