// A page with dashboards whose comm ends in this page: the kernel side is played by `kernel`.

import { comm, refused, views } from "/page/comm.js";
import dashboard from "/static/dashboard.js";

const kernel = {
  log: [],
  dead: false,
  counts: null,
  selection: null,
  details: { row: [], error: null, stages: [], movie: null, absent: null },
  bytes: null,
  url: "",
  /** Kinds of requests that are refused, with the words. */
  refuse: {},

  again() {
    this.push({ kind: "counts", counts: this.counts, selection: this.selection });
  },

  receive({ kind, id, view, ...fields }) {
    this.log.push({ kind, ...fields });
    if (this.dead) return;
    const answer = (more, bytes) => this.push({ kind: "reply", id, view, ...more }, bytes);
    if (refused(this, { kind, id, view })) return;
    if (kind === "open") return answer({ counts: this.counts, selection: this.selection });
    if (kind === "filter") {
      this.counts = { ...this.counts, filters: fields.filters };
      this.again();
    }
    if (kind === "select") {
      const label = fields.bar && `${fields.bar.key} ${fields.bar.series}`;
      this.selection = { ...this.selection, bar: fields.bar, label };
      this.push({ kind: "selection", selection: this.selection });
    }
    if (kind === "rows") return answer({ offset: fields.offset, rows: this.rows.slice(fields.offset, fields.offset + 20) });
    if (kind === "details") return answer(this.details);
    if (kind === "link") return answer({ url: this.url });
    if (kind === "file") {
      const piece = this.bytes.slice(fields.offset, fields.offset + 100_000);
      return answer({ offset: fields.offset, total: this.bytes.length }, piece);
    }
    return answer({});
  },
};

const traits = { since: "30d", until: null, project: null, user: null, status: null, saved: { figures: [], rows: [], read: "" }, fallback: "" };
const parts = "button, input, select, dt, dd, th, td, h4, svg text, svg rect, .bzd-key, .bzd-about, video";
const bench = views(dashboard, kernel, comm(kernel, traits), ".bazaar-dashboard");

/** Texts of a chart that lie over each other. */
const overlapping = () =>
  [...document.querySelectorAll(".bazaar-dashboard svg")].flatMap((svg) => {
    const boxes = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
    return boxes.flatMap(([name, a], place) =>
      boxes
        .slice(place + 1)
        .filter(([, b]) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 2 && b.top < a.bottom - 2)
        .map(([other]) => `${name} / ${other}`),
    );
  });
window.bench = { ...bench, outside: () => bench.outside(parts), overlapping };
