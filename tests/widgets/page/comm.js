// One end of a comm whose other end is in the same page, and what tests ask of any page.

export function comm(kernel, traits) {
  const listeners = new Map();
  kernel.push = (content, bytes) => {
    const buffers = bytes ? [new DataView(new Uint8Array(bytes).buffer)] : [];
    for (const listener of [...(listeners.get("msg:custom") ?? [])]) listener(structuredClone(content), buffers);
  };
  const model = {
    traits,
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
  return { model, listeners };
}

/** Refuse a request with words, if the test wants that; tells whether it did. */
export function refused(kernel, { kind, id, view }) {
  if (!(kind in kernel.refuse)) return false;
  const problem = { code: "refused", message: kernel.refuse[kind], scene: null, frame: null, lines: [] };
  kernel.push({ kind: "error", id, view, problem });
  return true;
}

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

/** What is the same on all pages: views that come and go, what they leave, what sticks out, what can't be read. */
export function views({ render }, kernel, { model, listeners }, root) {
  return {
    kernel,
    model,
    views: [],
    show(style) {
      const el = document.createElement("div");
      el.style.cssText = style;
      document.getElementById("outputs").append(el);
      this.views.push({ el, close: render({ model, el }) });
    },
    close() {
      for (const { el, close } of this.views.splice(0)) {
        close();
        el.remove();
      }
    },
    /** What a notebook keeps of the widget. */
    keep(text) {
      model.traits.fallback = "kept";
      const kept = document.createElement("p");
      kept.className = "bazaar-fallback-kept";
      kept.textContent = text;
      document.body.prepend(kept);
    },
    /** A trait changes that is shown. */
    change(name, value) {
      model.traits[name] = value;
      for (const listener of [...(listeners.get(`change:${name}`) ?? [])]) listener();
    },
    /** What the front end says of the kernel. */
    status(status) {
      model.widget_manager = { kernel: { status, connectionStatus: "connected" } };
    },
    async load(address) {
      kernel.bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
      return kernel.bytes.length;
    },
    leaks: () => ({ urls: urls.size, listeners: [...listeners.values()].reduce((sum, set) => sum + set.size, 0) }),

    /** What sticks out of the widget, or of what it stands in. */
    outside(selector) {
      const top = document.querySelector(root);
      const box = top.getBoundingClientRect();
      return [...top.querySelectorAll(selector)]
        .filter((node) => node.getClientRects().length && !node.closest(".bzp-row, .bzd-table"))
        .filter((node) => {
          const { left, right } = node.getBoundingClientRect();
          return left < box.left - 0.5 || right > box.right + 0.5;
        })
        .map((node) => node.className?.baseVal ?? (node.className || node.tagName));
    },

    /** The least contrast of texts with what is behind them, as WCAG counts it, with where it is. */
    contrast() {
      const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      const known = new Map(); // reading a pixel takes long
      const light = (...colours) => {
        const key = colours.join();
        if (!known.has(key)) known.set(key, measured(...colours));
        return known.get(key);
      };
      const measured = (...colours) => {
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
      const found = [...document.querySelectorAll(`${root} *`)]
        .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
        .filter((node) => node.getClientRects().length && !node.disabled && !node.closest("option"))
        .map((node) => {
          const backs = [];
          for (let up = node; up; up = up.parentElement) backs.unshift(getComputedStyle(up).backgroundColor);
          const below = light(...backs);
          const style = getComputedStyle(node);
          const above = light(...backs, node instanceof SVGElement ? style.fill : style.color);
          const name = node.className?.baseVal ?? (node.className || node.tagName);
          return [(Math.max(above, below) + 0.05) / (Math.min(above, below) + 0.05), name];
        });
      return found.sort(([a], [b]) => a - b)[0];
    },
  };
}
