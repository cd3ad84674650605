// A page with players whose comm ends in this page: the kernel side is played by `Kernel`, with real media.

import player from "/static/player.js";

/** A model as anywidget gives it to a view: traits, events, and a comm. */
class Model {
  constructor(traits, kernel) {
    this.traits = traits;
    this.kernel = kernel;
    this.listeners = new Map();
    this.saved = [];
    this.pending = {};
  }

  get(name) {
    return this.traits[name];
  }

  set(name, value) {
    if (JSON.stringify(this.traits[name]) === JSON.stringify(value)) return;
    this.traits[name] = value;
    this.pending[name] = value;
    this.fire(`change:${name}`);
  }

  save_changes() {
    if (Object.keys(this.pending).length) this.saved.push({ at: performance.now(), ...this.pending });
    this.pending = {};
  }

  /** A change that comes from Python. */
  outside(name, value) {
    if (JSON.stringify(this.traits[name]) === JSON.stringify(value)) return;
    this.traits[name] = value;
    this.fire(`change:${name}`);
  }

  send(content) {
    if (this.kernel.dead) throw new Error("Cannot send");
    const copy = structuredClone(content);
    setTimeout(() => this.kernel.receive(this, copy));
  }

  on(event, listener) {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event).add(listener);
  }

  off(event, listener) {
    this.listeners.get(event)?.delete(listener);
  }

  fire(event, ...details) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(...details);
  }

  count() {
    return [...this.listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
  }
}

/** Answers as a kernel does, and sends the segments around the playhead. */
class Kernel {
  constructor(film, options = {}) {
    this.film = film;
    this.codec = "h264";
    this.ahead = Infinity; // frames that are sent before and after the playhead
    this.silent = false;
    this.stillDelay = 0;
    this.soundDelay = 0;
    Object.assign(this, options);
    this.looks = film.edges.slice(1).map(() => 0);
    this.views = new Map();
    this.log = [];
  }

  async receive(model, request) {
    this.log.push(request);
    if (this.silent) return;
    if (this.closed) return this.refuse(model, request);
    const { id, kind, view } = request;
    const answer = (fields, bytes) => this.deliver(model, { kind: "reply", id, view, ...fields }, bytes);
    if (kind === "open") {
      const { frame, video } = request;
      const state = { model, sent: new Set(), sounds: new Set(), frame, streams: video.length > 0 };
      this.views.set(view, state);
      answer({ film: this.info(state) });
      this.sendSound(view);
      await this.sendPicture(view);
      this.sendAround(view);
      return;
    }
    const state = this.views.get(view);
    if (!state) {
      const problem = { code: "unknown-view", message: "this view is not open", scene: null, frame: null, lines: [] };
      if (kind !== "close") this.deliver(model, { kind: "error", id, view, problem });
      return;
    }
    if (kind === "still") {
      const { generation } = this.film;
      const bytes = await this.still(request.frame, request.width, request.format);
      if (this.stillDelay) await new Promise((resolve) => setTimeout(resolve, this.stillDelay));
      answer({ frame: request.frame, generation, mime: `image/${request.format}` }, bytes);
      return;
    }
    if (kind === "playhead") state.frame = request.frame;
    if (kind === "forget") {
      for (const index of request.segments) state.sent.delete(index);
      for (const index of request.sounds) state.sounds.delete(index);
    }
    if (kind === "close") this.views.delete(view);
    answer({});
    if (kind === "playhead" || kind === "forget") this.sendAround(view);
  }

  info(state) {
    const { film } = this;
    return state.streams ? film : { ...film, video_mime: null, sound_mime: null, sound_key: null };
  }

  /** The segments that lie around the playhead, the nearest first. */
  async sendAround(view) {
    const state = this.views.get(view);
    if (!state?.streams) return;
    const { edges } = this.film;
    const wanted = this.looks
      .map((_, index) => index)
      .filter((index) => edges[index + 1] > state.frame - this.ahead && edges[index] <= state.frame + this.ahead)
      .sort((a, b) => distance(edges, a, state.frame) - distance(edges, b, state.frame));
    for (const index of wanted) if (!state.sent.has(index)) await this.sendSegment(view, index);
  }

  async sendSegment(view, index) {
    const state = this.views.get(view);
    if (!state || state.sent.has(index) || index >= this.looks.length) return;
    state.sent.add(index);
    const { edges, generation } = this.film;
    const [start, stop] = [edges[index], edges[index + 1]];
    const bytes = await get(`/segment?look=${this.looks[index]}&start=${start}&stop=${stop}&codec=${this.codec}`);
    if (this.film.generation === generation) this.push(view, "segment", { index }, bytes);
  }

  async sendSound(view) {
    const state = this.views.get(view);
    if (!this.film.sound_mime || !state.streams) return;
    const pieces = await (await fetch("/sound")).json();
    if (this.soundDelay) await new Promise((resolve) => setTimeout(resolve, this.soundDelay));
    for (const [index, { offset_s }] of pieces.entries()) {
      state.sounds.add(index);
      this.push(view, "sound", { index, offset_s }, await get(`/sound/${index}`));
    }
  }

  async sendPicture(view) {
    const { generation, preview } = this.film;
    const frame = Math.min(this.views.get(view).frame, this.film.frames - 1);
    const bytes = await this.still(frame, preview[0], "jpeg");
    if (this.film.generation === generation) this.push(view, "picture", { frame, mime: "image/jpeg" }, bytes);
  }

  still(frame, width, format) {
    const index = this.film.edges.findLastIndex((edge) => edge <= frame);
    return get(`/still?look=${this.looks[index]}&frame=${frame}&width=${width}&format=${format}`);
  }

  /** Send, from now on, what lies so many frames around the playhead. */
  send(ahead) {
    this.ahead = ahead;
    for (const view of this.views.keys()) this.sendAround(view);
  }

  /** The film is changed: `looks` says how segments look now, `film` what else is new. */
  async edit(looks, film = {}) {
    const cuts = ({ fps, preview, edges, video_mime, sound_mime }) =>
      JSON.stringify([fps, preview, edges, video_mime, sound_mime]);
    const before = cuts(this.film);
    const old = this.looks;
    this.film = { ...this.film, ...film, generation: this.film.generation + 1 };
    this.looks = this.film.edges.slice(1).map((_, index) => looks[index] ?? old[index] ?? 0);
    for (const [view, state] of this.views) {
      if (cuts(this.film) !== before) state.sent.clear();
      else this.looks.forEach((look, index) => look !== old[index] && state.sent.delete(index));
      this.push(view, "film", { film: this.info(state) });
      await this.sendPicture(view);
      this.sendAround(view);
    }
  }

  push(view, kind, fields, bytes) {
    const state = this.views.get(view);
    if (state) this.deliver(state.model, { kind, view, generation: this.film.generation, ...fields }, bytes);
  }

  pushAll(kind, fields) {
    for (const view of this.views.keys()) this.push(view, kind, fields);
  }

  /** Answer a request as a player does that was closed. */
  refuse(model, { id, view }) {
    const problem = { code: "closed", message: "this player was closed", scene: null, frame: null, lines: [] };
    this.deliver(model, { kind: "error", id, view, problem });
  }

  deliver(model, content, bytes) {
    if (this.silent) return;
    setTimeout(() => model.fire("msg:custom", content, bytes ? [new DataView(bytes)] : []));
  }

  asked(kind) {
    return this.log.filter((request) => request.kind === kind);
  }
}

function distance(edges, index, frame) {
  if (edges[index] > frame) return edges[index] - frame;
  return edges[index + 1] > frame ? 0 : 1000 + frame - edges[index + 1];
}

async function get(url) {
  return (await fetch(url)).arrayBuffer();
}

const TRAITS = {
  frame: 0,
  playing: false,
  rate: 1,
  volume: 1,
  muted: true,
  loop: false,
  range: null,
  autoplay: false,
  width: null,
  shape: [640, 360],
  fallback: "",
};

/** Object URLs that were made and not taken back. */
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

/** Listeners on what outlives a player. */
let listeners = 0;
for (const target of [window, document]) {
  const { addEventListener, removeEventListener } = target;
  target.addEventListener = function (type, listener, options) {
    listeners += 1;
    options?.signal?.addEventListener("abort", () => (listeners -= 1));
    return addEventListener.call(this, type, listener, options);
  };
  target.removeEventListener = function (type, listener, options) {
    listeners -= 1;
    return removeEventListener.call(this, type, listener, options);
  };
}

window.bench = {
  models: [],
  views: [],

  /** A player's model, with a kernel of its own. */
  model(film, { traits = {}, ...kernel } = {}) {
    const model = new Model({ ...TRAITS, ...traits }, new Kernel(film, kernel));
    this.models.push(model);
    player.initialize({ model });
    return this.models.length - 1;
  },

  /** A view of a model; gives its number. */
  show(index = 0, style = "", isShadow = false) {
    const el = document.createElement("div");
    el.style.cssText = style;
    document.getElementById("outputs").append(el);
    const inner = isShadow ? el.attachShadow({ mode: "open" }) : el;
    const close = player.render({ model: this.models[index], el: inner });
    this.views.push({ el, close, root: inner.firstElementChild });
    return this.views.length - 1;
  },

  close(index) {
    const { el, close } = this.views[index];
    close();
    el.remove();
  },

  root: (index = 0) => bench.views[index].root,
  kernel: (index = 0) => bench.models[index].kernel,
  video: (index = 0) => bench.root(index).querySelector("video"),
  /** What of the controls can be seen, and what of that is not as it should be. */
  layout() {
    const root = bench.root().getBoundingClientRect();
    const shown = [...bench.root().querySelectorAll(".bz-controls :is(button, select, input, .bz-readout > *)")]
      .map((node) => ({ node, name: node.ariaLabel ?? node.className, box: node.getBoundingClientRect() }))
      .filter(({ box }) => box.width && box.height);
    const isOutside = ({ box }) =>
      box.left < root.left - 0.5 || box.right > root.right + 0.5 || box.bottom > root.bottom + 0.5;
    const shared = (a, b, from, to) => Math.min(a.box[to], b.box[to]) - Math.max(a.box[from], b.box[from]) > 0.5;
    const overlaps = shown.flatMap((a, i) =>
      shown
        .slice(i + 1)
        .filter((b) => shared(a, b, "left", "right") && shared(a, b, "top", "bottom"))
        .map((b) => `${a.name} and ${b.name}`),
    );
    // The name of a scene may be shortened, with dots.
    const isCut = ({ node, name }) =>
      (name === "bz-time" || name === "bz-frame") && node.scrollWidth > node.clientWidth + 1;
    const names = (found) => found.map(({ name }) => name);
    return {
      shown: names(shown),
      wrong: [...names(shown.filter(isOutside)), ...overlaps, ...names(shown.filter(isCut))],
      scrolls: document.documentElement.scrollWidth > innerWidth,
    };
  },

  /** The least contrast of texts and buttons with what is behind them, as WCAG counts it. */
  contrast() {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const paint = (colour) => {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data]
        .map((value) => value / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const colour = (node, name) => getComputedStyle(node)[name];
    const ratios = [".bz-time", ".bz-frame", ".bz-scene", ".bz-controls .bz-button"].map((selector) => {
      const below = paint(colour(bench.root(), "backgroundColor"));
      const above = paint(colour(bench.root().querySelector(selector), "color"));
      return (Math.max(above, below) + 0.05) / (Math.min(above, below) + 0.05);
    });
    return Math.min(...ratios);
  },

  leaks: () => ({ urls: urls.size, listeners, models: bench.models.map((model) => model.count()) }),
};
