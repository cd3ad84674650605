"""Which of its system's fonts a worker took for a film: another font is another picture."""

from __future__ import annotations

from collections.abc import Iterable

from bazaar_nb.draw.fonts import Face, FaceQuestion, answer_question, asked_faces
from bazaar_nb.store.file_digests import digest_file

TakenFonts = list[tuple[FaceQuestion, str]]
"""What was asked of a system's fonts, and what they answered, by `named_faces`."""


def taken_fonts() -> TakenFonts:
    """Give what this process has asked of its system's fonts, see `forget_asked_faces`."""
    return [(question, named_faces(found)) for question, found in asked_faces().items()]


def named_faces(faces: tuple[Face, ...]) -> str:
    """Say which fonts some faces are, the same on all machines that have the same files."""
    return ", ".join(
        f"{face.family} {face.weight}{' italic' * face.italic} ({digest_file(face.path)[:12]})"
        for face in faces
    )


class FontComparison:
    """Compares what workers took with what this machine would take."""

    def __init__(self) -> None:
        self._here: dict[FaceQuestion, str] = {}

    def difference(self, taken: Iterable[tuple[FaceQuestion, str]]) -> str:
        """Say which fonts a worker has other ones of than are here; empty if none."""
        for question, there in taken:
            if question not in self._here:
                self._here[question] = named_faces(answer_question(question))
            here = self._here[question]
            if here != there:
                what = f"letter {question.text!r}" if question.kind == "letter" else question.text or "emoji"
                return f"for {what} it has {there or 'no font'}, here is {here or 'none'}"
        return ""
