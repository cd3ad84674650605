"""`Svg`: drawings as elements look as resvg draws them, their parts move, and bad ones do no harm."""

# ruff: noqa: E501 (drawings are as long as they are)

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.scene.elements import Image
from bazaar_nb.scene.elements import Path as Outline
from tests.vectors.svg_samples import ELEMENTS, HEAD, PICTURES, STOPS, drawing

SIZE = 200
SAMPLES = {**ELEMENTS, **PICTURES}
WHEEL = drawing(
    '<rect id="road" y="80" width="100" height="4"/><g id="car" fill="teal"><rect x="20" y="40" width="60" height="25"/>'
    '<g id="wheel"><circle cx="50" cy="65" r="15" fill="#333"/><path d="M50 65V52" stroke="white" stroke-width="3"/></g></g>'
)


def shown(element: Any, size: int = SIZE) -> Any:
    film = bz.Composition(
        [bz.Scene(lambda frame: [bz.Fill("#ddddee"), element], duration=1)], width=size, height=size
    )
    return np.asarray(film.still(0)).astype(int)


def pictures_in(element: Any) -> int:
    return isinstance(element, Image) + sum(map(pictures_in, getattr(element, "children", ())))


def difference(one: Any, other: Any) -> tuple[float, float]:
    """Give the mean and, of what is seen, the worst difference in levels."""
    levels = np.abs(one - other).max(axis=2).astype(np.float32)
    return float(levels.mean()), float(cv2.blur(levels, (5, 5)).max())


@pytest.mark.parametrize("name", SAMPLES)
def test_it_looks_as_resvg_draws_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / "drawing.svg"
    path.write_text(drawing(SAMPLES[name]))
    svg = bz.Svg(path, width=SIZE)
    mean, worst = difference(shown(svg), shown(bz.Image(str(path), width=SIZE)))
    assert (mean < 1.6, worst < 24) == (True, True), (mean, worst)
    assert (pictures_in(svg.as_element()) > 0) == (name in PICTURES)


@pytest.mark.parametrize("fit", ["none", "xMinYMax", "xMidYMid slice", ""])
def test_it_fits_as_its_attributes_say(fit: str, tmp_path: Path) -> None:
    path = tmp_path / "drawing.svg"
    path.write_text(drawing(SAMPLES["shapes"], f'width="100" height="60" preserveAspectRatio="{fit}"'))
    assert difference(shown(bz.Svg(path, width=SIZE)), shown(bz.Image(str(path), width=SIZE)))[1] < 24


def test_parts_are_told_by_name_and_moved() -> None:
    svg = bz.Svg(WHEEL, width=SIZE)
    assert svg.names == ("road", "car", "wheel")
    assert svg.size == (SIZE, SIZE)
    still = shown(svg)
    turned = shown(bz.Svg(WHEEL, width=SIZE, parts={"wheel": {"rotation": 180}}))
    assert still[104:120, 100].min() > 200 > still[140:156, 100].max()
    assert turned[140:156, 100].min() > 200 > turned[104:120, 100].max()
    assert (still[:90] == turned[:90]).all()
    moved = shown(bz.Svg(WHEEL, width=SIZE, parts={"car": {"dx": 20, "dy": -40}}))
    assert np.abs(moved[20:110, 60:160] - still[60:150, 40:140]).max() <= 1
    corner = bz.Svg(WHEEL, width=SIZE, parts={"car": {"rotation": 90, "around": ("0%", "0%")}})
    assert shown(corner)[100, 10].tolist() == shown(corner)[190, 10].tolist() == still[100, 60].tolist()
    colored = shown(bz.Svg(WHEEL, width=SIZE, parts={"road": {"fill": "red", "opacity": 0.5}}))
    assert np.abs(colored[163, 20] - (238, 110, 119)).max() <= 2


def test_a_part_alone_is_an_element_of_its_size() -> None:
    svg = bz.Svg(WHEEL, width=SIZE)
    wheel = svg.part("wheel", x=100, y=100, fill="red")
    assert (wheel.width, wheel.height) == pytest.approx((60, 60))
    picture = shown(wheel)
    seen = np.argwhere(np.abs(picture - picture[0, 0]).max(axis=2) > 30)
    assert (*seen.min(axis=0), *seen.max(axis=0)) == pytest.approx((70, 70, 129, 129), abs=1)
    assert isinstance(bz.Row((wheel, svg)).children[1], bz.Group)  # type: ignore[arg-type]


def test_its_outlines_go_into_morphs_and_are_drawn_on() -> None:
    svg = bz.Svg(drawing(ELEMENTS["transforms"].replace("<circle", '<circle id="c"')), width=SIZE)
    path = svg.path("c")
    assert isinstance(path, Outline)
    assert difference(shown(svg.part("c")), shown(bz.Svg(drawing(ELEMENTS["shapes"]), width=SIZE)))[0] > 1
    assert len(str(bz.morph_path(path, "M0 0H9V9Z", 0.5).d)) > 100
    whole = bz.Svg(drawing(ELEMENTS["shapes"]), width=SIZE)
    ground, full = shown(bz.Group(())), shown(whole)
    seen = [float(np.abs(shown(bz.draw_on(whole, share)) - ground).mean()) for share in (0, 0.3, 0.7, 0.999)]  # type: ignore[arg-type]
    assert seen[0] == 0
    assert seen == sorted(seen)
    assert difference(shown(bz.draw_on(whole, 0.999)), full)[0] < 0.5  # type: ignore[arg-type]


def test_it_travels_and_is_measured() -> None:
    svg = bz.Svg(WHEEL, height=90, shadow=bz.Shadow(), parts={"wheel": {"rotation": 9}})
    again = pickle.loads(pickle.dumps(svg))
    assert again.as_element() == svg.as_element()
    assert bz.FrameTree(9, 9, (svg.as_element(),)).to_msgpack()

    def body(frame: bz.Frame) -> Any:
        assert frame.measure(svg) == (90, 90)  # type: ignore[arg-type]
        return svg

    bz.Composition([bz.Scene(body, duration=1)], width=100, height=100).still(0)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"parts": {"whel": {}}}, "no part 'whel'; did you mean 'wheel'.*'road', 'car', 'wheel'"),
        ({"parts": {"wheel": {"rotatoin": 9}}}, "did you mean `rotation`"),
        ({"parts": {"wheel": 9}}, "is changed by a dict"),
        ({"parts": {"wheel": {"around": "middle"}}}, "`around` of part 'wheel' must be a point"),
        ({"parts": {"wheel": {"dx": float("nan")}}}, "`dx` of part 'wheel' must be pixels"),
        ({"parts": ["wheel"]}, "`parts` is a dict"),
        ({"width": 0}, "`width` of an Svg must be pixels above 0"),
        ({"opactiy": 1}, "did you mean `opacity`"),
    ],
)
def test_what_is_wrong_is_told(how: Any, said: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=said):
        bz.Svg(WHEEL, **how).as_element()


def test_a_part_within_a_picture_is_told() -> None:
    with pytest.raises(
        bz.InvalidValueError, match="'soft' of the SVG is within a picture, because of a filter"
    ):
        bz.Svg(drawing(PICTURES["filter"]), parts={"soft": {"dx": 5}})


BOMB = "<!DOCTYPE svg [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
)
USES = "".join(f'<g id="u{n}">{f"""<use href="#u{n + 1}"/>""" * 10}</g>' for n in range(12))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (f"{BOMB}]>{HEAD}><text>&a11;</text></svg>", "entit"),
        (
            f"<!DOCTYPE svg [<!ENTITY a '{'x' * 9_000}'>]>{HEAD}><text>{'&a;' * 9_000}</text></svg>",
            "entities|entity",
        ),
        (
            f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>{HEAD}><text>&a;</text></svg>',
            "nothing is fetched",
        ),
        (
            drawing('<image href="http://nowhere.example/x.png"/>'),
            "<image> refers to 'http.*nothing is fetched",
        ),
        (drawing('<image href="/etc/passwd.png"/>'), "<image> refers to"),
        (drawing('<use href="other.svg#a"/>'), "<use> refers to"),
        (drawing('<rect fill="url(http://nowhere.example/x#a)"/>'), "`fill` of the SVG's <rect> refers to"),
        (drawing("<g>" * 300 + "</g>" * 300), "nested deeper than 200"),
        (drawing(USES + '<g id="u12"><rect width="9" height="9"/></g>'), "more than|holds itself"),
        (drawing('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'), "holds itself"),
        (drawing('<g id="a"><use href="#a"/></g>'), "holds itself"),
        ("<svg", "broken"),
        ("<html></html>", "no SVG"),
        (b"\x89PNG\r\n", "broken"),
        (drawing("<rect/>" * 200_001), "more than 200,000 elements"),
        ("missing.svg", "is not there"),
    ],
    ids=range(16),
)
def test_what_would_do_harm_is_refused(data: Any, said: str) -> None:
    with pytest.raises((bz.AssetError, bz.InvalidValueError), match=said):
        bz.Svg(data).as_element()


def test_pictures_of_files_refuse_it_too(tmp_path: Path) -> None:
    (tmp_path / "x.svg").write_text(drawing('<image href="/etc/passwd.png"/>'))
    with pytest.raises(bz.ElementError, match="nothing is fetched"):
        shown(bz.Image(str(tmp_path / "x.svg")))


def test_scripts_are_not_run_and_huge_numbers_are_drawn_or_refused() -> None:
    script = drawing('<script>alert(1)</script><rect onload="alert(1)" width="50" height="50"/><a href="http://x.example">'
                     '<circle cx="70" cy="70" r="9"/></a>')  # fmt: skip
    assert shown(bz.Svg(script, width=SIZE))[20, 20].tolist() == [0, 0, 0]
    for bad in ('<rect width="1e30" height="9"/>', '<path d="M0 0L1e400 5"/>', '<g transform="scale(1e300)"><rect width="9" height="9"/></g>',
                '<path d="M0 0Lnan nan"/>', '<path d="garbage"/>', '<rect width="9" height="9" fill="url(#gone)"/>',
                f'<linearGradient id="a" x2="1e-30">{STOPS}</linearGradient><rect width="9" height="9" fill="url(#a)"/>',
                '<rect width="9" height="9" fill="no-color"/>', '<circle r="9" transform="scale(0)"/>'):  # fmt: skip
        shown(bz.Svg(drawing(bad), width=SIZE))
    assert bz.Svg(drawing("")).names == ()


PIECES = ['fill="url(#a)"', 'transform="rotate(30)"', 'opacity=".5"', 'stroke="red"', 'clip-path="url(#c)"', 'id="n"',
          'style="fill:teal;stroke-width:3"', 'transform="scale(2 .5)"', 'd="M5 5L50 9L9 80Z"', 'width="40"', 'height="30"',
          'r="20"', 'points="1 2 50 60 9 80"', 'href="#n"', 'visibility="hidden"', 'stroke-dasharray="4"']  # fmt: skip
tags = st.sampled_from(["rect", "circle", "path", "polygon", "g", "use", "svg", "symbol", "a"])
nested = st.recursive(
    st.tuples(tags, st.lists(st.sampled_from(PIECES), unique_by=lambda piece: piece.split("=")[0], max_size=6), st.just(())),
    lambda inner: st.tuples(tags, st.lists(st.sampled_from(PIECES), unique_by=lambda piece: piece.split("=")[0], max_size=4),
                            st.lists(inner, max_size=3)),
    max_leaves=8,
)  # fmt: skip


def written(node: Any) -> str:
    tag, attributes, children = node
    return f"<{tag} {' '.join(attributes)}>{''.join(map(written, children))}</{tag}>"


@settings(max_examples=60, deadline=None)
@given(nested)
def test_whatever_it_holds_it_is_drawn_as_resvg_does_or_refused(
    tmp_path_factory: pytest.TempPathFactory, node: Any
) -> None:
    path = tmp_path_factory.mktemp("svg") / "x.svg"
    path.write_text(drawing(
        f'<linearGradient id="a">{STOPS}</linearGradient><clipPath id="c"><circle cx="40" cy="40" r="30"/></clipPath>{written(node)}'
    ))  # fmt: skip
    svg = refused = None
    try:
        svg = bz.Svg(path, width=SIZE).as_element()
    except bz.InvalidValueError as error:
        refused = str(error)
    if svg is None:
        assert refused is not None
        assert "holds itself" in refused
    else:
        assert difference(shown(svg), shown(bz.Image(str(path), width=SIZE)))[1] < 60
