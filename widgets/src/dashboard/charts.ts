import { element } from "../dom";
import { drawBars, type Row } from "./bars";
import { Card, type Look } from "./chart-card";
import type { Bar, BarFacts, ChartName, Charts as ChartFacts, Played } from "./protocol";
import { drawScatter } from "./scatter";
import { drawOutcomes, swatch } from "./outcome-columns";
import { count, figure, seconds, statusWord } from "./labels";

export interface Picks {
  bar(bar: Bar): void;
  render(id: string, name: string): void;
}

/** All charts: what a bar stands for is listed by a click on it. */
export class Charts {
  readonly node = element("div", "bzd-charts");
  private readonly outcomes = new Card("Outcomes", "bzd-wide");
  private readonly popular = new Card("Formats");
  private readonly errors = new Card("Errors", "bzd-bad");
  private readonly speed = new Card("Speed");
  private readonly plays = new Card("Plays");
  private readonly cards = [this.outcomes, this.popular, this.errors, this.speed, this.plays];

  constructor(private readonly picks: Picks) {
    this.node.append(...this.cards.map(({ node }) => node));
  }

  show(facts: ChartFacts, chosen: Bar | null): void {
    const look = (chart: ChartName, name: string, about: string, nothing: string, said: (value: number) => string): Look =>
      this.bars(chart, facts[chart as Exclude<ChartName, "outcomes">], chosen, { name, about, nothing, said });
    const none = "No renders in this selection.";
    this.outcomes.show([this.overTime(facts, chosen)], legend(facts));
    this.popular.show([
      look("format", "Formats", "renders, by format", none, figure),
      look("codec", "Codecs", "renders, by codec", none, figure),
      look("quality", "Qualities", "renders, by quality", none, figure),
      look("resolution", "Resolutions", "renders, by shorter side", none, figure),
    ]);
    this.errors.show([look("error", "", "failed and lost renders, by error", "Nothing failed.", figure)]);
    this.speed.show([
      look("speed", "By resolution", "median frames a second of finished renders", "Nothing was drawn.", (fps) => `${figure(fps)} fps`),
      this.lengths(facts),
    ]);
    this.plays.show([
      this.played(facts, "Plays", "plays of the most played movies", ({ plays }) => [plays, count(plays, "play")]),
      this.played(facts, "Seen", "mean part of the movie that was seen in a play", ({ watched }) => [watched, percent(watched)], 1),
    ]);
  }

  draw(): void {
    for (const card of this.cards) card.draw();
  }

  key(event: KeyboardEvent): boolean {
    return this.cards.some((card) => card.key(event));
  }

  private overTime({ outcomes }: ChartFacts, chosen: Bar | null): Look {
    const { columns, series, step } = outcomes;
    const used = series.filter((_, rank) => columns.some(({ counts }) => counts[rank]));
    return {
      name: "",
      about: `renders, by the ${step} in which they were asked for (UTC)`,
      nothing: used.length ? "" : "No renders in this selection.",
      draw: (where, width) => drawOutcomes(where, width, outcomes, chosen, (bar) => this.picks.bar(bar)),
      table: () => ({
        heads: [step.charAt(0).toUpperCase() + step.slice(1), ...used.map(([status]) => statusWord(status))],
        rows: columns
          .filter(({ counts }) => counts.some((one) => one > 0))
          .map(({ label, counts }) => [label, ...used.map((one) => figure(counts[series.indexOf(one)] ?? 0))]),
      }),
    };
  }

  private bars(
    chart: ChartName,
    bars: BarFacts[],
    chosen: Bar | null,
    { name, about, nothing, said }: { name: string; about: string; nothing: string; said: (value: number) => string },
  ): Look {
    const rows: Row[] = bars.map(({ key, label, value, more }) => ({
      key, label, value, more,
      said: said(value),
      pressed: chosen?.chart === chart && chosen.key === key,
      pick: () => this.picks.bar({ chart, key, series: null }),
    }));
    return {
      name,
      about,
      nothing: bars.length ? "" : nothing,
      draw: (where, width) => drawBars(where, width, rows),
      table: () => ({
        heads: ["Name", chart === "speed" ? "Median speed" : "Renders", ...(chart === "speed" ? ["Of"] : [])],
        rows: rows.map((row) => [row.label, row.said, ...(chart === "speed" ? [row.more] : [])]),
      }),
    };
  }

  private played(
    { plays }: ChartFacts,
    name: string,
    about: string,
    value: (one: Played) => [number, string],
    most = 0,
  ): Look {
    const rows: Row[] = plays.map((one) => ({
      key: one.id,
      label: one.label,
      value: value(one)[0],
      said: value(one)[1],
      more: `${count(one.plays, "play")} by ${count(one.viewers, "person", "people")}, ${percent(one.watched)} seen`,
      pressed: false,
      pick: () => this.picks.render(one.id, one.label),
    }));
    return {
      name,
      about,
      nothing: rows.length ? "" : "Nobody has played these movies yet.",
      draw: (where, width) => drawBars(where, width, rows, most),
      table: () => ({
        heads: ["Film", "Plays", "People", "Seen", "Downloads"],
        rows: plays.map((one) => [one.label, figure(one.plays), figure(one.viewers), percent(one.watched), figure(one.downloads)]),
      }),
    };
  }

  private lengths({ points }: ChartFacts): Look {
    return {
      name: "By length",
      about: "render time against length of film, both growing by factors",
      nothing: points.length ? "" : "Nothing was drawn.",
      draw: (where, width) =>
        drawScatter(where, width, points, (id) => this.picks.render(id, points.find((one) => one.id === id)?.label ?? id)),
      table: () => ({
        heads: ["Film", "Length", "Render time"],
        rows: points.map(({ label, length_s, render_s }) => [label, seconds(length_s), seconds(render_s)]),
      }),
    };
  }
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}

function legend({ outcomes: { series, columns } }: ChartFacts): Node[] {
  return series.flatMap(([status], rank) => {
    const total = columns.reduce((sum, { counts }) => sum + (counts[rank] ?? 0), 0);
    return total ? [element("span", "bzd-key", { title: count(total) }, swatch(status), ` ${statusWord(status)} ${figure(total)}`)] : [];
  });
}
