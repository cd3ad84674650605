import "./panel.css";
import "./batch.css";
import type { Traits } from "./batch/protocol";
import { BatchView } from "./batch/view";
import type { RenderProps } from "./model";

export default {
  initialize(): void {
    // Every view opens itself; the model keeps nothing but traits.
  },
  render({ model, el }: RenderProps<Traits>): () => void {
    const view = new BatchView(model, el);
    return () => view.close();
  },
};
