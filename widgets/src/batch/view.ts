import { element, keepKey, put, say } from "../dom";
import { isAlive, sayLost, sayOf, type Silence } from "../kernel-watch";
import type { Model } from "../model";
import { type Bytes, Requests } from "../panel/requests";
import { button } from "../panel/result";
import { Fallback } from "../player/fallback";
import { countsOf, fractionOf, outcomeOf, progressOf, stageOf } from "./labels";
import { type AnyPush, type BatchFacts, type FinishedFilm, type OpenReply, PUSHES, type Request, type Traits } from "./protocol";

const WHAT = ["this", "to make what is missing"] as const;

/** One batch on the page: how far it is, the newest films, and what went wrong. */
export class BatchView {
  private readonly root = element("section", "bazaar-panel bazaar-batch", { hidden: true });
  private readonly notice = element("div", "bzp-notice", { role: "status", "aria-live": "polite" });
  private readonly name = element("span", "bzp-name");
  private readonly stage = element("span", "bzp-stage", { role: "status", "aria-live": "polite" });
  private readonly fill = element("i", "bzp-fill");
  private readonly bar = element("div", "bzp-bar", { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, this.fill);
  private readonly far = element("div", "bzp-soft bzp-line");
  private readonly counts = element("ul", "bzb-counts", { "aria-label": "What became of the films" });
  private readonly note = element("div", "bzb-note", { role: "status", "aria-live": "polite" });
  private readonly films = element("ul", "bzb-films", { "aria-label": "The newest films" });
  private readonly failures = element("ul", "bzb-failures", { "aria-label": "The newest rows without a movie" });
  private readonly cancel = button("Cancel", () => this.stop());
  private readonly line: Requests<Request, OpenReply, AnyPush>;
  private readonly fallback: Fallback;
  private readonly pictures = new Map<number, string>();
  private readonly cards = new Map<number, HTMLElement>();
  /** Whether the kernel listens: one that runs the batch's cell may only speak. */
  private canAsk = false;
  private isTold = false;

  constructor(
    private readonly model: Model<Traits>,
    el: HTMLElement,
  ) {
    this.line = new Requests<Request, OpenReply, AnyPush>(
      model,
      {
        opened: ({ batch }) => {
          this.canAsk = true;
          this.appear("live");
          say(this.notice, "");
          this.show(batch);
        },
        unanswered: (why) => this.unanswered(why),
        refused: ({ message }) => {
          this.appear("refused");
          say(this.notice, message);
        },
        push: (push, bytes) => this.receive(push, bytes),
        lost: (lost, why) => this.lost(lost, why),
      },
      PUSHES,
      true,
    );
    this.fallback = new Fallback(model.get("fallback"));
    const head = element("div", "bzp-head", {}, this.name, this.stage);
    const actions = element("div", "bzp-actions", {}, this.cancel);
    const body = element("div", "bzb-body", {}, head, this.bar, this.far, this.counts, this.note, this.films, this.failures, actions);
    this.root.append(this.notice, body);
    say(this.name, model.get("title"));
    put(this.root, "aria-label", model.get("title"));
    put(this.cancel, "aria-label", `Cancel ${model.get("title")}`);
    window.addEventListener("keydown", this.keepKeys, true);
    el.append(this.root);
    this.line.open();
  }

  close(): void {
    window.removeEventListener("keydown", this.keepKeys, true);
    this.line.close();
    this.fallback.close();
    for (const url of this.pictures.values()) URL.revokeObjectURL(url);
    this.root.remove();
  }

  private readonly keepKeys = (event: KeyboardEvent): void => keepKey(event, this.root);

  private unanswered(why: Silence): void {
    if (this.isTold && isAlive(why)) return;
    const hasFallback = this.fallback.exists; // which says how things were
    if (hasFallback && !isAlive(why)) return;
    this.appear("saved");
    say(this.notice, sayOf(why, ...WHAT));
    this.root.hidden = hasFallback && !this.notice.textContent;
    this.bar.hidden = this.cancel.hidden = true;
    say(this.far, hasFallback ? "" : this.model.get("saved"));
  }

  private lost(lost: boolean, why: Silence): void {
    say(this.notice, lost ? `${sayLost(why, ...WHAT)} Films that are finished stay.` : "");
    put(this.root, "data-state", lost ? "lost" : "live");
    if (!lost) this.line.open(); // what happened meanwhile was said to nobody
  }

  private appear(state: string): void {
    if (state === "live" || state === "refused") this.fallback.hide();
    this.root.hidden = false;
    put(this.root, "data-state", state);
  }

  private receive(push: AnyPush, bytes: Bytes | null): void {
    if (push.kind === "batch") {
      this.isTold = true;
      this.appear("live");
      say(this.notice, this.canAsk || push.batch.stage === "done" ? "" : "Interrupt the kernel to stop.");
      return this.show(push.batch);
    }
    if (!bytes?.length || this.pictures.has(push.number)) return;
    this.pictures.set(push.number, URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" })));
    this.paint(push.number);
  }

  private show(batch: BatchFacts): void {
    const ended = batch.stage === "done";
    const fraction = fractionOf(batch);
    put(this.root, "data-outcome", outcomeOf(batch));
    say(this.stage, stageOf(batch));
    this.bar.hidden = ended;
    this.bar.classList.toggle("bzp-moving", batch.stage === "checking" || (fraction === 0 && !ended));
    this.fill.style.transform = `scaleX(${fraction})`;
    put(this.bar, "aria-valuenow", (100 * fraction).toFixed(0));
    put(this.bar, "aria-label", this.model.get("title"));
    put(this.bar, "aria-valuetext", progressOf(batch));
    say(this.far, progressOf(batch));
    this.counts.replaceChildren(...countsOf(batch).map(([name, text]) => element("li", "", { "data-count": name }, text)));
    say(this.note, batch.note);
    this.showFilms(batch.finished);
    this.failures.replaceChildren(
      ...batch.failures.map(({ number, name, why }) =>
        element(
          "li",
          "",
          {},
          element("span", "bzb-row", {}, `Row ${number}`),
          element("span", "bzp-name", {}, name),
          element("span", "bzb-why", {}, why),
        ),
      ),
    );
    this.cancel.hidden = ended || !this.canAsk;
    this.cancel.disabled = batch.stage === "cancelling";
  }

  private showFilms(films: FinishedFilm[]): void {
    const shown = new Set(films.map(({ number }) => number));
    for (const [number, card] of this.cards) {
      if (shown.has(number)) continue;
      card.remove();
      this.cards.delete(number);
      const url = this.pictures.get(number);
      if (url) URL.revokeObjectURL(url);
      this.pictures.delete(number);
    }
    for (const { number, name, kept } of [...films].reverse()) {
      if (this.cards.has(number)) continue;
      const label = element("span", "bzb-label", { title: name }, name);
      const card = element("li", "bzb-film", { "data-kept": kept }, element("span", "bzb-picture"), label);
      this.cards.set(number, card);
      this.films.prepend(card);
      this.paint(number);
    }
  }

  private paint(number: number): void {
    const place = this.cards.get(number)?.firstElementChild;
    const url = this.pictures.get(number);
    if (place && url) place.replaceChildren(element("img", "", { src: url, alt: "" }));
  }

  private async stop(): Promise<void> {
    this.cancel.disabled = true;
    try {
      await this.line.ask({ kind: "cancel" });
    } catch {
      this.cancel.disabled = false;
      say(this.notice, "The kernel did not answer: interrupt it to stop the films.");
    }
  }
}
