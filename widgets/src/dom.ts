type Attributes = Record<string, string | number | boolean>;

/** An element with a class, attributes and children; strings become text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/** Set an attribute where it differs: what stays the same costs nothing. */
export function put(node: Element, name: string, value: string | null): void {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** Set the text where it differs. */
export function say(node: Element, text: string): void {
  if (node.textContent === text) return;
  const { firstChild: only } = node;
  // The same node with other letters: a page looks less far for what that may change than after an exchange.
  if (only instanceof Text && !only.nextSibling) only.data = text;
  else node.textContent = text;
}

/** The document that a node is in, or the shadow tree: each tells of its own focus and full screen. */
export function treeOf(node: Node): DocumentOrShadowRoot {
  return node.getRootNode() as Document | ShadowRoot;
}

/** A name that nothing else has, here or elsewhere: it says nothing of who made it. */
export function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Keep a key that is pressed within a widget from the notebook around it, which would take letters for commands.
 *
 * Controls act on plain keys by themselves, whoever hears of them; but a movie's listen, as others do.
 */
export function keepKey(event: KeyboardEvent, root: Node, act: (event: KeyboardEvent) => unknown = () => undefined): void {
  const target = event.composedPath()[0];
  if (!(target instanceof Node) || !root.contains(target)) return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.key === "Escape") return;
  if (event.shiftKey && event.key === "Enter") return;
  if (target instanceof HTMLVideoElement && event.key === " ") return;
  act(event);
  event.stopPropagation();
}
