// A page with export panels whose comm ends in this page: the kernel side is played by `kernel`.

import panel from "/static/panel.js";

const listeners = new Map();
const kernel = {
  log: [],
  dead: false,
  reply: { form: null, jobs: [], paused: false },
  check: { name: "review.mp4", about: "as wished", time: "about 4–9 s", size: "about 2 MB", source: "from 3", note: "", refusal: null },
  bytes: null,
  url: "",
  row: [],
  /** Kinds of requests that are refused, with the words. */
  refuse: {},

  push(content, bytes) {
    const buffers = bytes ? [new DataView(new Uint8Array(bytes).buffer)] : [];
    for (const listener of [...(listeners.get("msg:custom") ?? [])]) listener(structuredClone(content), buffers);
  },

  receive({ kind, id, view, ...fields }) {
    this.log.push({ kind, ...fields });
    if (this.dead) return;
    const answer = (more, bytes) => this.push({ kind: "reply", id, view, ...more }, bytes);
    if (kind in this.refuse) {
      const problem = { code: "refused", message: this.refuse[kind], scene: null, frame: null, lines: [] };
      return this.push({ kind: "error", id, view, problem });
    }
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

const model = {
  traits: { title: "Export of review", saved: [], fallback: "" },
  get: (name) => model.traits[name],
  set() {},
  save_changes() {},
  send(content) {
    const copy = structuredClone(content);
    setTimeout(() => kernel.receive(copy));
  },
  on(event, listener) {
    if (!listeners.has(event)) listeners.set(event, new Set());
    listeners.get(event).add(listener);
  },
  off: (event, listener) => listeners.get(event)?.delete(listener),
};

const urls = new Set();
const { createObjectURL, revokeObjectURL } = URL;
URL.createObjectURL = (object) => {
  const url = createObjectURL.call(URL, object);
  urls.add(url);
  return url;
};
URL.revokeObjectURL = (url) => {
  urls.delete(url);
  revokeObjectURL.call(URL, url);
};

window.bench = {
  kernel,
  model,
  views: [],
  show(style) {
    const el = document.createElement("div");
    el.style.cssText = style;
    document.getElementById("outputs").append(el);
    bench.views.push({ el, close: panel.render({ model, el }) });
  },
  close() {
    for (const { el, close } of bench.views.splice(0)) {
      close();
      el.remove();
    }
  },
  async load(address) {
    kernel.bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    return kernel.bytes.length;
  },
  leaks: () => ({ urls: urls.size, listeners: [...listeners.values()].reduce((sum, set) => sum + set.size, 0) }),

  /** What sticks out of the panel, or of what it stands in. */
  outside() {
    const root = document.querySelector(".bazaar-panel");
    const box = root.getBoundingClientRect();
    return [...root.querySelectorAll("button, input, select, .bzp-label, .bzp-stage, .bzp-line, img, video, td")]
      .filter((node) => node.getClientRects().length && !node.closest(".bzp-row"))
      .filter((node) => {
        const { left, right } = node.getBoundingClientRect();
        return left < box.left - 0.5 || right > box.right + 0.5;
      })
      .map((node) => node.className || node.tagName);
  },

  /** The least contrast of texts with what is behind them, as WCAG counts it, with where it is. */
  contrast() {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const light = (...colours) => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data]
        .map((value) => value / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [...document.querySelectorAll(".bazaar-panel *")]
      .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
      .filter((node) => node.getClientRects().length && !node.disabled && !node.closest("option"))
      .map((node) => {
        const backs = [];
        for (let up = node; up; up = up.parentElement) backs.unshift(getComputedStyle(up).backgroundColor);
        const below = light(...backs);
        const above = light(...backs, getComputedStyle(node).color);
        return [(Math.max(above, below) + 0.05) / (Math.min(above, below) + 0.05), node.className || node.tagName];
      });
    return found.sort(([a], [b]) => a - b)[0];
  },
};
