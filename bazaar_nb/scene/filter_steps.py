"""What a `Filter` does to the pixels of what is in it, step by step.

Colours are taken as they are stored, sRGB-encoded, from 0 to 1, as CSS filters and grading tables do
(https://www.w3.org/TR/filter-effects-1/). Opacity is left as it is, except by a glow.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrays import FloatArray, check_numbers
from bazaar_nb.scene.frozen_struct import Data
from bazaar_nb.scene.paint import Unit
from bazaar_nb.scene.shapes import Floats, take_array

MOST_CUBE_SIDE = 65
"""Colours along an edge of a table in three dimensions, at most: what grading tools write."""
MOST_CURVE_POINTS = 65_536
_Weight = Annotated[float, Meta(ge=-100, le=100)]


class ColorMatrix(Data, frozen=True, tag_field="kind", tag="matrix"):
    """Each of red, green and blue becomes a sum of the three, and of a constant.

    Attributes
    ----------
    values : tuple of 12 floats
        Three rows, of the new red, green and blue: what they take of red, green and blue, and what is added.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.ColorMatrix((0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0))  # red and blue change places
    """

    values: Annotated[tuple[_Weight, ...], Meta(min_length=12, max_length=12)]


class ColorCurves(Data, frozen=True, tag_field="kind", tag="curves"):
    """Red, green and blue are each looked up in a curve.

    Attributes
    ----------
    values : array of shape (n,), (n, 1) or (n, 3)
        What 0 to 1, in even steps, becomes; one curve for all, or one for each of red, green and blue.
        Between them lines are straight. What is beyond 0 and 1 is cut off.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.looks.ColorCurves([1, 0]).values
    <float32 array of shape (2,)>
    """

    values: Floats

    def __post_init__(self) -> None:
        if take_array(self, "values"):
            array: FloatArray = self.values
            if (
                array.shape[1:] not in ((), (1,), (3,))
                or not 2 <= array.shape[0] <= MOST_CURVE_POINTS
                or array.asset
            ):
                raise InvalidValueError(
                    f"`values` must have shape (n,) or (n, 3) with n from 2 to {MOST_CURVE_POINTS:,}, "
                    f"got {array.shape}"
                )
            check_numbers("values", array, low=-1e3, high=1e3)


class ColorCube(Data, frozen=True, tag_field="kind", tag="cube"):
    """Colours are looked up in a table of all of them: a LUT.

    Attributes
    ----------
    source : str
        A ``.cube`` file, of one dimension or three
        (https://resolve.cafe/developers/luts/), or ``asset:<digest>.cube`` for one that the store has.
        Empty where `values` has the table.
    values : array of shape (n * n * n, 3)
        The table; red runs fastest. Between its colours it is interpolated. n is 2 to 65.
    amount : float
        How much of it is seen: 0 is the picture as it was.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.ColorCube("film.cube", amount=0.5)
    """

    source: Annotated[str, Meta(max_length=4096)] = ""
    values: Floats | None = None
    amount: Unit = 1.0

    def __post_init__(self) -> None:
        if (self.values is None) == (self.source == ""):
            raise InvalidValueError("a table of colours is a `source` or `values`, one of them")
        if self.values is not None and take_array(self, "values"):
            array: FloatArray = self.values
            side = round(array.shape[0] ** (1 / 3))
            if array.shape != (side**3, 3) or not 2 <= side <= MOST_CUBE_SIDE:
                raise InvalidValueError(
                    f"`values` must have shape (n * n * n, 3) with n from 2 to {MOST_CUBE_SIDE}, "
                    f"got {array.shape}"
                )
            check_numbers("values", array, low=-1e3, high=1e3)


class Glow(Data, frozen=True, tag_field="kind", tag="glow"):
    """What is bright shines on what is around it.

    Attributes
    ----------
    radius : float
        How far, in pixels: the Gaussian's sigma.
    strength : float
        How much light is added: 1 is all that is above the threshold.
    threshold : float
        How bright a colour must be to shine, 0 to 1.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.Glow(radius=40, threshold=0.3)
    """

    radius: Annotated[float, Meta(ge=0, le=1000)] = 20.0
    strength: Annotated[float, Meta(ge=0, le=10)] = 1.0
    threshold: Unit = 0.6


class Grain(Data, frozen=True, tag_field="kind", tag="grain"):
    """Noise as film has it: the same for the same seed.

    Attributes
    ----------
    amount : float
        Its standard deviation, as a share of the range from black to white.
    size : float
        Of a grain, in pixels of the composition.
    seed : int
        Another one gives another grain; that of a film changes with the frame.
    colored : bool
        Whether red, green and blue have grain of their own.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.Grain(amount=0.08, seed=7)
    """

    amount: Unit = 0.04
    size: Annotated[float, Meta(ge=0.25, le=64)] = 1.5
    seed: Annotated[int, Meta(ge=0, le=2**53)] = 0
    colored: bool = False


FilterStep: TypeAlias = ColorMatrix | ColorCurves | ColorCube | Glow | Grain
