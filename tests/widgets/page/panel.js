// A page with export panels whose comm ends in this page: the kernel side is played by `kernel`.

import { comm, refused, views } from "/page/comm.js";
import panel from "/static/panel.js";

const kernel = {
  log: [],
  dead: false,
  reply: { form: null, jobs: [], paused: false },
  check: { name: "review.mp4", about: "as wished", time: "about 4–9 s", size: "about 2 MB", source: "from 3", note: "", also: [], refusal: null },
  bytes: null,
  url: "",
  row: [],
  /** Kinds of requests that are refused, with the words. */
  refuse: {},

  receive({ kind, id, view, ...fields }) {
    this.log.push({ kind, ...fields });
    if (this.dead) return;
    const answer = (more, bytes) => this.push({ kind: "reply", id, view, ...more }, bytes);
    if (refused(this, { kind, id, view })) return;
    if (kind === "open") return answer(this.reply);
    if (kind === "check") return answer(this.check);
    if (kind === "row") return answer({ row: this.row });
    if (kind === "link") return answer({ url: this.url });
    if (kind === "file") {
      const piece = this.bytes.slice(fields.offset, fields.offset + 100_000);
      return answer({ offset: fields.offset, total: this.bytes.length }, piece);
    }
    return answer({});
  },
};

const ends = comm(kernel, { title: "Export of review", saved: [], fallback: "" });
const parts = "button, input, select, .bzp-label, .bzp-stage, .bzp-line, img, video, td";
const bench = views(panel, kernel, ends, ".bazaar-panel");
window.bench = { ...bench, outside: () => bench.outside(parts) };
