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
for (const film of document.querySelectorAll("video.film")) seen.observe(film);
