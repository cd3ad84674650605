import { element, put, say } from "../dom";
import type { MovieRequests } from "../panel/movie-transfer";
import { type Answer, NoAnswer } from "../panel/requests";
import { Result } from "../panel/result";
import type { DetailsReply, Request } from "./protocol";
import { seconds } from "./labels";

export interface DashboardRequests extends MovieRequests {
  ask<T>(request: Request): Promise<Answer<T>>;
}

/** All that is known of a render, and its movie, to be played here. */
export class Details {
  readonly node = element("div", "bzd-details");
  private readonly said = element("div", "bzp-said", { role: "status", "aria-live": "polite" }, "Looking …");
  private result: Result | null = null;
  private closed = false;

  constructor(
    private readonly line: DashboardRequests,
    private readonly render: { id: string; name: string },
  ) {
    this.node.append(this.said);
    void this.fill();
  }

  close(): void {
    this.closed = true;
    this.result?.close();
  }

  private async fill(): Promise<void> {
    let known: DetailsReply;
    try {
      known = (await this.line.ask<DetailsReply>({ kind: "details", job: this.render.id })).fields;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      say(this.said, error instanceof NoAnswer ? "The kernel did not answer." : text);
      return;
    }
    if (this.closed) return;
    say(this.said, known.absent ?? "");
    if (known.movie) {
      this.result = new Result(this.line, this.render, known.movie);
      for (const one of this.result.buttons) put(one, "aria-label", `${one.textContent} ${this.render.name}`);
      this.node.append(element("div", "bzp-actions", {}, ...this.result.buttons), this.result.node);
    }
    if (known.error) {
      const { type, message } = known.error;
      this.node.append(
        element(
          "div",
          "bzp-problem",
          {},
          element("div", "bzp-where", {}, type),
          element("details", "", {}, element("summary", "", {}, "What it said"), element("pre", "", { tabindex: 0 }, message)),
        ),
      );
    }
    const all = known.stages.reduce((sum, [, seconds]) => sum + seconds, 0);
    if (all > 0) this.node.append(element("p", "bzp-soft bzd-stages", {}, `Its segments took ${stagesOf(known.stages, all)}.`));
    const rows = known.row.map(([name, value, meaning]) =>
      element("tr", "", { title: meaning }, element("th", "", { scope: "row" }, name), element("td", "", {}, value)),
    );
    const table = element("table", "", { "aria-label": `History of ${this.render.name}` }, element("tbody", "", {}, ...rows));
    this.node.append(element("div", "bzp-row", { tabindex: 0, role: "region", "aria-label": `History of ${this.render.name}` }, table));
  }
}

/** Each stage with its time and share: drawing 1.2 s (40 %), … */
function stagesOf(stages: [string, number][], all: number): string {
  return stages.map(([name, value]) => `${seconds(value)} of ${name} (${Math.round((100 * value) / all)} %)`).join(", ");
}
