// Names for those who have a page read to them, where the theme gives none, or one that differs from what is seen.
// The button for wide screens has words, that for narrow ones has none.
document.querySelector(".navbar-persistent--container .search-button-field")?.removeAttribute("aria-label");
for (const summary of document.querySelectorAll(".toctree-l1 summary, .toctree-l2 summary, .toctree-l3 summary")) {
  const link = summary.closest("li").querySelector("a");
  if (link) summary.setAttribute("aria-label", `Pages of ${link.textContent.trim()}`);
}
// The head of a column without a name is no head.
for (const head of document.querySelectorAll("th")) {
  if (head.textContent.trim()) continue;
  const cell = document.createElement("td");
  cell.className = head.className;
  head.replaceWith(cell);
}
