import type { PageModel } from "./model";

interface Widget {
  render(context: { model: PageModel; el: HTMLElement }): Promise<() => void>;
}

/** Run a widget's module, as anywidget does. */
export async function widgetOf(code: string): Promise<Widget> {
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return ((await import(address)) as { default: Widget }).default;
  } finally {
    URL.revokeObjectURL(address);
  }
}
