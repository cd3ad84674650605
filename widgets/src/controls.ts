import "./panel.css";
import "./controls.css";
import type { Traits } from "./controls/protocol";
import { ControlsView } from "./controls/view";
import type { RenderProps } from "./model";

export default {
  initialize(): void {
    // Every view opens itself; the model keeps nothing but traits.
  },
  render({ model, el }: RenderProps<Traits>): () => void {
    const view = new ControlsView(model, el);
    return () => view.close();
  },
};
