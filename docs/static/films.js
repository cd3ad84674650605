// Films play while they are seen, unless the reader has asked for less motion; then they wait for a click.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const seen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && !calm.matches) target.play().catch(() => {});
      else target.pause();
    }
  },
  { threshold: 0.6 },
);
// The browser's controls lie over the picture, so they come when they are wanted: by mouse, finger or keyboard.
for (const film of document.querySelectorAll("video.film")) {
  seen.observe(film);
  if (calm.matches) continue;
  film.controls = false;
  film.tabIndex = 0;
  for (const wanted of ["pointerenter", "pointerdown", "focus"]) {
    film.addEventListener(wanted, () => { film.controls = true; });
  }
  film.addEventListener("pointerleave", () => { film.controls = document.activeElement === film; });
  film.addEventListener("blur", () => { film.controls = false; });
}
