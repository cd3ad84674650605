import "./panel.css";
import type { RenderProps } from "./model";
import type { Traits } from "./panel/protocol";
import { PanelView } from "./panel/view";

export default {
  initialize(): void {
    // Every view opens itself; the model keeps nothing but traits.
  },
  render({ model, el }: RenderProps<Traits>): () => void {
    const view = new PanelView(model, el);
    return () => view.close();
  },
};
