"""The fonts that ship with the package: whole, named as they say, with the letters and licence they need."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import ImageFont

import bazaar_nb as bz

FONTS = Path(bz.__file__).parent / "fonts"

FACES = {
    "Inter-Light.ttf": ("Light", 300),
    "Inter-Regular.ttf": ("Regular", 400),
    "Inter-Italic.ttf": ("Italic", 400),
    "Inter-Medium.ttf": ("Medium", 500),
    "Inter-SemiBold.ttf": ("SemiBold", 600),
    "Inter-Bold.ttf": ("Bold", 700),
    "Inter-BoldItalic.ttf": ("Bold Italic", 700),
    "Inter-ExtraBold.ttf": ("ExtraBold", 800),
    "Inter-Black.ttf": ("Black", 900),
}

LETTERS = "AZaz09 äßñçøŁőșĞ ệỡ αΩώ ᾆ жЖщїђ €£¥₹₽ “„–—…×÷±≤≠∞ →←↑↓ ©®™°%‰"


def test_the_folder_holds_these_faces_and_stays_small() -> None:
    files = list(FONTS.glob("*.ttf"))
    assert {file.name for file in files} == set(FACES)
    assert sum(file.stat().st_size for file in files) < 4_000_000


@pytest.mark.parametrize("name", FACES)
def test_a_face_is_what_its_file_name_says(name: str) -> None:
    style, weight = FACES[name]
    assert ImageFont.truetype(str(FONTS / name), 20).getname() == ("Inter", style)
    font = TTFont(FONTS / name)
    assert font["OS/2"].usWeightClass == weight
    assert bool(font["OS/2"].fsSelection & 1) == ("Italic" in style)


@pytest.mark.parametrize("name", FACES)
def test_a_face_has_european_letters_and_tabular_digits(name: str) -> None:
    font = TTFont(FONTS / name)
    letters = font.getBestCmap()
    assert [letter for letter in LETTERS if ord(letter) not in letters] == []

    substitutions = font["GSUB"].table
    tabular = next(r.Feature for r in substitutions.FeatureList.FeatureRecord if r.FeatureTag == "tnum")
    swap: dict[str, str] = {}
    for index in tabular.LookupListIndex:
        for subtable in substitutions.LookupList.Lookup[index].SubTable:
            swap.update(getattr(subtable, "ExtSubTable", subtable).mapping)
    digits = [letters[ord(digit)] for digit in "0123456789"]
    assert len({font["hmtx"][digit][0] for digit in digits}) > 1
    assert len({font["hmtx"][swap.get(digit, digit)][0] for digit in digits}) == 1


def test_the_licence_and_the_source_are_next_to_the_fonts() -> None:
    licence = (FONTS / "LICENSE.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "The Inter Project Authors" in licence
    source = (FONTS / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in source for name in FACES)


@pytest.mark.parametrize("name", FACES)
def test_tabular_digits_have_one_width_and_the_weight_of_their_face(name: str) -> None:
    font = TTFont(FONTS / "tabular" / name.replace("Inter", "InterTabular"))
    letters = font.getBestCmap()
    assert len({font["hmtx"][letters[ord(digit)]][0] for digit in "0123456789"}) == 1
    assert font["OS/2"].usWeightClass == FACES[name][1]
    assert set(".,:+-%") - set(map(chr, letters)) <= {"%"}


def test_tabular_numbers_are_equally_wide() -> None:
    @bz.scene(duration=1)
    def number(frame: bz.Frame, text: str, tabular: bool) -> bz.Text:
        return bz.Text(text, size=40, tabular=tabular)

    def width(text: str, tabular: bool) -> int:
        film = bz.Composition([number(text, tabular)], width=300, height=60)
        columns = film.still(0).convert("L").point(lambda value: 255 * (value > 20)).getbbox()
        assert columns is not None
        return columns[2] - columns[0]

    # The first and last letters are the same, so the ink is as wide as the advances.
    assert abs(width("0111.110", True) - width("0888.880", True)) <= 1
    assert abs(width("0111.110", False) - width("0888.880", False)) > 10
