"""What decides a segment's bytes on a machine: workers elsewhere must have the same as home."""

from __future__ import annotations

import platform
import sys

import msgspec

from bazaar_nb.draw.libraries import drawing_version
from bazaar_nb.media.libraries import encoding_version


class WorkerVersions(msgspec.Struct, frozen=True):
    """Versions and processor of a machine.

    Attributes
    ----------
    package : str
        Of bazaar_nb.
    python : str
        As ``3.11``: films travel as its byte code.
    drawing, encoding : str
        Libraries that make pixels and packets, as ``name version`` pairs.
    processor : str
        Its kind, as ``x86_64``.
    """

    package: str
    python: str
    drawing: str
    encoding: str
    processor: str

    @classmethod
    def here(cls) -> WorkerVersions:
        """Give those of this process."""
        from bazaar_nb import __version__

        return cls(
            __version__, "{}.{}".format(*sys.version_info), drawing_version(), encoding_version(),
            platform.machine(),
        )  # fmt: skip

    def differences(self, other: WorkerVersions) -> str:
        """Say for people in what another machine differs, that one's versions first; empty if in nothing."""
        found = []
        for what, there, here in (
            ("bazaar_nb", other.package, self.package),
            ("Python", other.python, self.python),
            ("processor", other.processor, self.processor),
        ):
            if there != here:
                found.append(f"{what} {there} (here {here})")
        ours = {**_pairs(self.drawing), **_pairs(self.encoding)}
        theirs = {**_pairs(other.drawing), **_pairs(other.encoding)}
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name):
                found.append(f"{name} {theirs.get(name, 'missing')} (here {ours.get(name, 'missing')})")
        return ", ".join(found)


def _pairs(versions: str) -> dict[str, str]:
    words = versions.split()
    return dict(zip(words[::2], words[1::2], strict=True))
