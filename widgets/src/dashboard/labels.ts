const STATUSES: Record<string, string> = { queued: "Waiting", started: "Running" };
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** A status in a word. */
export function statusWord(status: string): string {
  return STATUSES[status] ?? status.charAt(0).toUpperCase() + status.slice(1);
}

export function count(value: number, one = "render", many = `${one}s`): string {
  return `${number.format(value)} ${value === 1 ? one : many}`;
}

export function figure(value: number): string {
  return number.format(value);
}

/** A length of time on an axis. */
export function seconds(value: number): string {
  if (value < 1) return `${Number(value.toPrecision(2))} s`;
  if (value < 120) return `${number.format(value)} s`;
  if (value < 7200) return `${number.format(value / 60)} min`;
  return `${number.format(value / 3600)} h`;
}

/** A moment as the person's clock shows it; another year is said. */
export function moment(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return "";
  const year: Intl.DateTimeFormatOptions = time.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  return time.toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", ...year });
}

/** The same exactly. */
export function exactly(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? "" : `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
