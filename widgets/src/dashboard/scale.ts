/** Round numbers from 0 up to at least `most`, in some `count` steps; all whole, as one counts. */
export function countTicks(most: number, count: number): number[] {
  const rough = Math.max(1, most / count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power);
  const ticks = [0];
  for (let tick = step; (ticks.at(-1) as number) < most; tick += step) ticks.push(tick);
  return ticks;
}

/** A logarithmic axis, and round numbers on it. */
export class LogScale {
  readonly ticks: number[];
  private readonly low: number;
  private readonly high: number;

  constructor(
    values: number[],
    private readonly from: number,
    private readonly to: number,
  ) {
    const least = Math.max(0.01, Math.min(...values));
    const most = Math.max(0.01, ...values);
    this.low = Math.log10(least) - 0.08;
    this.high = Math.max(Math.log10(most) + 0.08, this.low + 0.5);
    const wide = this.high - this.low;
    const steps = wide > 2.2 ? [1] : wide > 1.2 ? [1, 3] : [1, 2, 5];
    this.ticks = [];
    for (let power = Math.floor(this.low); power <= this.high; power++) {
      for (const step of steps) {
        const at = Math.log10(step) + power;
        if (at >= this.low && at <= this.high) this.ticks.push(step * 10 ** power);
      }
    }
  }

  at(value: number): number {
    const part = (Math.log10(Math.max(0.01, value)) - this.low) / (this.high - this.low);
    return this.from + part * (this.to - this.from);
  }
}
