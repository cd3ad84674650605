import "./player.css";
import type { RenderProps } from "./model";
import { View } from "./player/view";
import type { Traits } from "./player/protocol";

export default {
  initialize(): void {
    // Every view opens itself; the model keeps nothing but traits.
  },
  render({ model, el, host }: RenderProps<Traits>): () => void {
    const view = new View(model, el, host);
    return () => view.close();
  },
};
