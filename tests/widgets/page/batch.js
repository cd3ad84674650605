// A page with views of batches whose comm ends in this page: the kernel side is played by `kernel`.

import { comm, refused, views } from "/page/comm.js";
import batch from "/static/batch.js";

const kernel = {
  log: [],
  dead: false,
  reply: { batch: null },
  /** Kinds of requests that are refused, with the words. */
  refuse: {},

  receive({ kind, id, view, ...fields }) {
    this.log.push({ kind, ...fields });
    if (this.dead || refused(this, { kind, id, view })) return;
    this.push({ kind: "reply", id, view, ...(kind === "open" ? this.reply : {}) });
  },
};

const ends = comm(kernel, { title: "Films of card()", saved: "not finished", fallback: "" });
const bench = views(batch, kernel, ends, ".bazaar-batch");
window.bench = { ...bench, outside: () => bench.outside("button, li, img, span") };
