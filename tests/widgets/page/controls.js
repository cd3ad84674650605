// A page with views of controls whose comm ends in this page: the kernel side is played by `kernel`.

import { comm, refused, views } from "/page/comm.js";
import controls from "/static/controls.js";

const kernel = {
  log: [],
  dead: false,
  reply: { controls: [] },
  /** Kinds of requests that are refused, with the words. */
  refuse: {},
  /** Answers that are held back until they are let go. */
  held: null,

  receive({ kind, id, view, ...fields }) {
    this.log.push({ kind, ...fields });
    if (this.dead || refused(this, { kind, id, view })) return;
    const answer = () => {
      if (kind === "change") this.change(fields);
      this.push({ kind: "reply", id, view, ...(kind === "open" ? this.reply : {}) });
    };
    if (kind === "change" && this.held) this.held.push(answer);
    else answer();
  },

  let_go() {
    const { held } = this;
    this.held = null;
    for (const answer of held) answer();
  },

  /** The control takes the value, and all views are told before the answer. */
  change({ name, value }) {
    const control = this.reply.controls.find((one) => one.name === name);
    control.value = value;
    this.push({ kind: "controls", controls: [control] });
  },
};

const ends = comm(kernel, { title: "Parameters of card", fallback: "" });
const bench = views(controls, kernel, ends, ".bazaar-controls");
window.bench = { ...bench, outside: () => bench.outside("input, label, select, textarea, output, div") };
