import "./panel.css";
import "./dashboard.css";
import type { Traits } from "./dashboard/protocol";
import { DashboardView } from "./dashboard/view";
import type { RenderProps } from "./model";

export default {
  initialize(): void {
    // Every view opens itself; the model keeps nothing but traits.
  },
  render({ model, el }: RenderProps<Traits>): () => void {
    const view = new DashboardView(model, el);
    return () => view.close();
  },
};
