"""Scene functions that yield, and those that can't be scenes."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bazaar_nb.errors import ElementError, InvalidValueError, SceneError
from bazaar_nb.motion.interpolate import interpolate
from bazaar_nb.scene.elements import Ellipse, Fill, Group, Rect, Text
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.scene import scene


def dots(count: int) -> Iterator[Ellipse]:
    for x in range(count):
        yield Ellipse(x=x, width=1)


def test_a_scene_may_yield_elements_and_generators_of_them() -> None:
    @scene(duration=1)
    def yields(frame: Frame) -> Iterator[object]:
        yield Fill("navy")
        yield dots(frame.index)
        yield [None, map(Text, "ab")]
        if frame.index > 1:
            return
        yield Group(dots(2))  # type: ignore[arg-type]

    film = Film([yields()], width=8, height=8)
    for _ in range(2):  # the function is called for each frame, and again for the same
        assert film.frame(2).elements[1:] == (
            Fill("navy"), Ellipse(x=0.0, width=1.0), Ellipse(x=1.0, width=1.0), Text("a"), Text("b")
        )  # fmt: skip
    assert film.frame(0).elements[1:] == (
        Fill("navy"), Text("a"), Text("b"), Group((Ellipse(x=0.0, width=1.0), Ellipse(x=1.0, width=1.0)))
    )  # fmt: skip


def test_a_generator_that_fails_is_a_scene_that_fails() -> None:
    def fails() -> Iterator[Rect]:
        yield Rect()
        raise ZeroDivisionError("late")

    @scene(duration=1)
    def late(frame: Frame) -> list[object]:
        return [Fill(), fails()]

    with pytest.raises(
        SceneError, match=r"'late' failed at frame 3 .*ZeroDivisionError: late, line \d+"
    ) as caught:
        Film([late()]).frame(3)
    assert caught.value.scene_traceback.startswith(f'  File "{__file__}"')
    assert "in fails" in caught.value.scene_traceback

    @scene(duration=1)
    def wrong(frame: Frame) -> Iterator[Rect]:
        yield Rect(x=interpolate(frame.time, [1, 0], [0, 1]))

    with pytest.raises(SceneError, match=r"'wrong' failed at frame 3 .*strictly increasing"):
        Film([wrong()]).frame(3)


def test_async_scenes_are_refused_in_words() -> None:
    async def waits(frame: Frame) -> Rect:
        return Rect()

    async def yields(frame: Frame) -> AsyncIterator[Rect]:
        yield Rect()

    class Waits:
        async def __call__(self, frame: Frame) -> Rect:
            return Rect()

    bodies: list[Any] = [waits, yields, functools.partial(waits), Waits()]
    for body in bodies:
        with pytest.raises(InvalidValueError, match=r"is an `async def`, but .* write `def`"):
            scene(duration=1)(body)

    for name, body in (
        ("coroutine", lambda frame: waits(frame)),
        ("async_generator", lambda frame: yields(frame)),
    ):
        film = Film([scene(duration=1)(body)()])
        with pytest.raises(ElementError, match=f"got <{name}.*a scene is made at once, without waiting"):
            film.frame(0)
