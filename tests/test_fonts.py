"""The fonts that ship with the package: whole, named as they say, with the letters and licence they need."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import ImageFont

import bazaar_nb

FONTS = Path(bazaar_nb.__file__).parent / "fonts"

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
    assert ImageFont.truetype(FONTS / name, 20).getname() == ("Inter", style)
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
