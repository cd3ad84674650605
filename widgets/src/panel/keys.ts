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
