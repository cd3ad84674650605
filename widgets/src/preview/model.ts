import type { Connection } from "./connection";

type Listener = (...args: never[]) => void;

/** A widget's model on the preview's page: its state, its events, and a comm to Python. */
export class PageModel {
  private readonly listeners = new Map<string, Set<Listener>>();
  private changed = new Set<string>();

  constructor(
    readonly widget_manager: Connection,
    readonly id: string,
    private readonly state: Record<string, unknown>,
  ) {}

  get(name: string): unknown {
    return this.state[name];
  }

  set(name: string, value: unknown): void {
    if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
    this.state[name] = value;
    this.changed.add(name);
    this.fire(`change:${name}`);
  }

  save_changes(): void {
    if (!this.changed.size) return;
    const state = Object.fromEntries([...this.changed].map((name) => [name, this.state[name]]));
    this.changed = new Set();
    if (this.widget_manager.isOpen) this.widget_manager.post(this.id, { method: "update", state });
  }

  send(content: unknown): void {
    this.widget_manager.post(this.id, { method: "custom", content });
  }

  on(event: string, listener: Listener): void {
    let known = this.listeners.get(event);
    if (!known) this.listeners.set(event, (known = new Set()));
    known.add(listener);
  }

  off(event: string, listener: Listener): void {
    this.listeners.get(event)?.delete(listener);
  }

  /** Take what Python says of the state. */
  update(state: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(state)) {
      if (JSON.stringify(this.state[name]) === JSON.stringify(value)) continue;
      this.state[name] = value;
      this.changed.delete(name);
      this.fire(`change:${name}`);
    }
  }

  fire(event: string, ...details: unknown[]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) (listener as (...args: unknown[]) => void)(...details);
  }
}
