import { element, put, randomName, say } from "../dom";
import { type Field, fieldOf, shapeOf } from "./fields";
import type { ControlFacts, Value } from "./protocol";

/** One control with its name, and below it what is wrong. What is chosen is sent one after the other, the last always. */
export class Control {
  readonly node = element("div", "bzc-control");
  private readonly id = randomName();
  private readonly error = element("div", "bzc-error", { role: "alert", id: `${this.id}-error` });
  private field: Field | null = null;
  private shape = "";
  private facts: ControlFacts | null = null;
  private waiting: Value | null = null;
  private isSending = false;

  constructor(private readonly send: (name: string, value: Value) => Promise<unknown>) {}

  /** Follow the kernel; while something that was chosen here is under way, that is newer. */
  show(facts: ControlFacts): void {
    this.facts = facts;
    if (this.isSending) return this.tell(facts.error);
    this.take(facts);
  }

  private take(facts: ControlFacts): void {
    if (this.shape !== shapeOf(facts)) this.build(facts);
    put(this.node, "title", facts.hint || null);
    this.field?.show(facts);
    this.tell(facts.error);
  }

  private build(facts: ControlFacts): void {
    this.shape = shapeOf(facts);
    const field = (this.field = fieldOf(facts, (value) => void this.change(value)));
    const isSwitch = facts.kind === "switch";
    const label = element(field.isGroup ? "span" : "label", "bzp-label", { id: `${this.id}-label` }, facts.label);
    if (!field.isGroup) {
      field.main.id = this.id;
      put(label, "for", this.id);
    } else put(field.main, "aria-labelledby", label.id);
    put(field.main, "aria-describedby", this.error.id);
    put(this.node, "data-name", facts.name);
    const body = element("div", isSwitch ? "bzp-check" : "bzc-body", {}, ...field.nodes);
    this.node.replaceChildren(...(isSwitch ? [body, this.error] : [label, body, this.error]));
    if (isSwitch) body.append(label);
  }

  private async change(value: Value): Promise<void> {
    this.waiting = value;
    if (this.isSending) return;
    this.isSending = true;
    let refused = "";
    while (this.waiting !== null) {
      const next: Value = this.waiting;
      this.waiting = null;
      try {
        await this.send(this.facts?.name ?? "", next);
        refused = "";
      } catch (error) {
        refused = error instanceof Error ? error.message : String(error);
      }
    }
    this.isSending = false;
    // What is refused stays as it was typed, to be mended.
    if (refused) this.tell(refused);
    else if (this.facts) this.take(this.facts);
  }

  private tell(error: string): void {
    say(this.error, error);
    if (this.field) put(this.field.main, "aria-invalid", error ? "true" : null);
  }
}
