import { element } from "../dom";
import type { Comm, Model, WidgetHost } from "../model";
import type { ExportReply } from "./protocol";
import type { Requests } from "./requests";

interface Widget {
  render(context: { model: Model<never>; el: HTMLElement }): Promise<() => void>;
}

/** Of a widget's model: anywidget keeps its code there, marimo keeps it elsewhere. */
interface Code {
  _esm?: string;
  _css: string;
}

/** What anywidget hands over beside the comm, where the front end has it. */
interface Host extends Comm {
  widget_manager?: { get_model(id: string): Promise<Model<Code>> };
}

const modules = new Map<string, Promise<Widget>>();

/** The export panel below a player: a widget of its own, which Python makes when it is asked for. */
export class ExportDrawer {
  readonly node = element("div", "bz-export-panel", { hidden: true });
  private opening: Promise<void> | null = null;
  private closePanel: (() => void) | null = null;
  private closed = false;

  constructor(
    private readonly comm: Comm,
    private readonly requests: Requests,
    private readonly host: WidgetHost | undefined,
  ) {}

  get isOpen(): boolean {
    return !this.node.hidden;
  }

  /** Show the panel, or put it away; what it exports goes on. */
  async toggle(): Promise<void> {
    if (this.isOpen) return this.hide();
    this.opening ??= this.open().finally(() => (this.opening = null));
    await this.opening;
  }

  close(): void {
    this.closed = true;
    this.hide();
    this.node.remove();
  }

  private hide(): void {
    this.closePanel?.();
    this.closePanel = null;
    this.node.hidden = true;
    this.node.replaceChildren();
  }

  private async open(): Promise<void> {
    const { fields } = await this.requests.ask({ kind: "export" });
    const manager = (this.comm as Host).widget_manager;
    if (!manager) throw new Error("this front end has no place for it");
    const id = (fields as unknown as ExportReply).panel;
    const model = await manager.get_model(id);
    const code = model.get("_esm");
    const closePanel = code ? await this.run(code, model) : await this.fetch(id);
    if (this.closed) closePanel();
    else this.closePanel = closePanel;
  }

  private async run(code: string, model: Model<Code>): Promise<() => void> {
    const widget = await moduleOf(code);
    const el = this.place(element("style", "", {}, model.get("_css")));
    return widget.render({ model: model as unknown as Model<never>, el });
  }

  private async fetch(id: string): Promise<() => void> {
    if (!this.host?.getWidget) throw new Error("this front end has no place for it");
    const widget = await this.host.getWidget(`anywidget:${id}`);
    const shown = new AbortController();
    await widget.render({ el: this.place(), signal: shown.signal });
    return () => shown.abort();
  }

  private place(...before: Node[]): HTMLElement {
    const el = element("div", "");
    if (this.closed) return el;
    this.node.replaceChildren(...before, el);
    this.node.hidden = false;
    return el;
  }
}

/** Run a widget's module, once a page: browsers keep each that they have imported. */
function moduleOf(code: string): Promise<Widget> {
  let module = modules.get(code);
  if (!module) {
    const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    module = (import(address) as Promise<{ default: Widget }>)
      .then((loaded) => loaded.default)
      .finally(() => URL.revokeObjectURL(address));
    modules.set(code, module);
    module.catch(() => modules.delete(code));
  }
  return module;
}
