"""Lists and Markdown as elements."""

from __future__ import annotations

from typing import Any

import pytest

import bazaar_nb as bz
from tests.words.stage import film_of, pixels, shown_at

w: Any = bz.words


def texts(element: Any) -> list[str]:
    if isinstance(element, bz.Text):
        return [
            element.text if isinstance(element.text, str) else "".join(span.text for span in element.text)
        ]
    return [text for child in getattr(element, "children", ()) for text in texts(child)]


def test_lists_are_counted_and_nested() -> None:
    items = ["a", ["b", "c"], "d"]
    assert texts(w.bullets(items, width=600)) == ["•", "a", "–", "b", "–", "c", "•", "d"]
    assert texts(w.bullets(items, width=600, marker="1.")) == ["1.", "a", "1.", "b", "2.", "c", "2.", "d"]


def test_items_come_in_one_by_one() -> None:
    film = film_of(lambda frame: bz.stagger(w.bullets(["one", "two", "three"], width=400), frame, each=0.8))
    light = [pixels(film, frame).sum() for frame in (0, 7, 15, 29)]
    assert light[0] == 0
    assert light == sorted(light)


SOURCE = """# Title
Some **bold** and *slanted* and ~~struck~~ `code` with a [link](x).

1. first
   - inner
2. second

> quoted

```python
x = 1
```
***
"""


def test_markdown_becomes_blocks() -> None:
    column = shown_at(lambda frame: w.markdown(SOURCE, frame), 0)
    assert texts(column) == [
        "Title", "Some bold and slanted and struck code with a link.", "1.", "first", "–", "inner", "2.",
        "second", "quoted", "x = 1",
    ]  # fmt: skip
    spans = {span.text: span for span in column.children[1].text}
    assert (spans["bold"].weight, spans["slanted"].italic, spans["struck"].strike) == (700, True, True)
    assert spans["link"].underline
    assert "Mono" in spans["code"].font
    assert column.children[0].size > column.children[1].size
    assert film_of(lambda frame: w.markdown(SOURCE, frame)).still(0).getbbox()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (lambda frame: w.markdown("a\n\n|x|y|\n|-|-|\n|1|2|", frame), "no place for a table: .*, line 3"),
        (lambda frame: w.markdown("![x](y.png)", frame), "no place for an image.*, line 1"),
        (lambda frame: w.markdown("a\n\n<script>alert(1)</script>", frame), "no place for HTML, line 3"),
        (lambda frame: w.markdown(3, frame), "markdown takes text"),
        (lambda frame: w.markdown("x" * 30_000, frame), "at most 20,000 letters"),
        (lambda frame: w.bullets("abc", width=100), "takes a list of texts"),
        (lambda frame: w.bullets([3], width=500), "an item is text"),
        (lambda frame: w.bullets(["a"], width=20), "leaves no room"),
    ],
)
def test_bad_input_is_told(body: Any, message: str) -> None:
    with pytest.raises(bz.BazaarError, match=message):
        film_of(body).frame(0)
