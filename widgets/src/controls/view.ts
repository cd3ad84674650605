import { element, keepKey, put, say } from "../dom";
import { sayLost, sayOf, type Silence } from "../kernel-watch";
import type { Model } from "../model";
import { Requests } from "../panel/requests";
import { Fallback } from "../player/fallback";
import { Control } from "./control";
import { type AnyPush, type ControlFacts, type OpenReply, PUSHES, type Request, type Traits } from "./protocol";

const WHAT = ["these controls", "to use them"] as const;

/** The controls of one film on the page. */
export class ControlsView {
  private readonly root = element("section", "bazaar-panel bazaar-controls", { "data-state": "loading" });
  private readonly notice = element("div", "bzp-notice", { role: "status", "aria-live": "polite" });
  private readonly fields = element("div", "bzc-fields");
  private readonly controls = new Map<string, Control>();
  private readonly line: Requests<Request, OpenReply, AnyPush>;
  private readonly fallback: Fallback;

  constructor(model: Model<Traits>, el: HTMLElement) {
    this.line = new Requests<Request, OpenReply, AnyPush>(
      model,
      {
        opened: ({ controls }) => {
          this.fallback.hide();
          this.say("", "live");
          this.show(controls);
        },
        unanswered: (why) => this.unanswered(why),
        refused: ({ message }) => this.say(message, "refused"),
        push: ({ controls }) => this.show(controls),
        lost: (lost, why) => this.lost(lost, why),
      },
      PUSHES,
    );
    this.fallback = new Fallback(model.get("fallback"));
    put(this.root, "aria-label", model.get("title"));
    this.root.append(this.notice, this.fields);
    window.addEventListener("keydown", this.keepKeys, true);
    el.append(this.root);
    this.line.open();
  }

  close(): void {
    window.removeEventListener("keydown", this.keepKeys, true);
    this.line.close();
    this.fallback.close();
    this.root.remove();
  }

  private readonly keepKeys = (event: KeyboardEvent): void => keepKey(event, this.root);

  private show(controls: ControlFacts[]): void {
    for (const facts of controls) {
      let control = this.controls.get(facts.name);
      if (!control) {
        control = new Control((name, value) => this.line.ask({ kind: "change", name, value }));
        this.controls.set(facts.name, control);
        this.fields.append(control.node);
      }
      control.show(facts);
    }
  }

  private unanswered(why: Silence): void {
    if (!this.fallback.exists) this.say(sayOf(why, ...WHAT), "loading");
  }

  private lost(lost: boolean, why: Silence): void {
    this.say(lost ? sayLost(why, ...WHAT) : "", lost ? "lost" : "live");
    if (!lost) this.line.open(); // what changed meanwhile was said to nobody
  }

  private say(text: string, state: string): void {
    say(this.notice, text);
    put(this.root, "data-state", state);
  }
}
