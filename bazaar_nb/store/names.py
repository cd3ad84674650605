"""Names that people type, made into parts of keys; and the check that every key passes."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from bazaar_nb.errors import InvalidValueError

NAME_BYTES = 100
"""Longest name that `safe_name` gives, in bytes of UTF-8."""

_PART_BYTES = 255  # what ext4, APFS and NTFS allow; S3 allows 1,024 for a whole key
_KEPT = frozenset("-_.()+,@ ")
_EDGES = " .-"  # a leading dot hides, a leading dash is an option; Windows drops trailing dots and spaces
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])[ ]*(\.|$)", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def safe_name(text: str) -> str:
    """Give a name that is one harmless part of a key on every file system, and still readable.

    Letters and digits of any script stay, and so do spaces and ``-_.()+,@``;
    invisible characters go, everything else becomes a dash. A name that had to
    be changed ends in six characters of its hash (before the suffix), so that
    different names stay different: ``a/b.mp4`` is ``a-b-7c2ef4.mp4``, never
    somebody else's ``a-b.mp4``. Safe names are left as they are.

    Returns
    -------
    str
        1 to `NAME_BYTES` bytes of UTF-8, in Unicode form NFC.
    """
    wanted = unicodedata.normalize("NFC", text)
    name = unicodedata.normalize("NFC", "".join(map(_replace, wanted)))
    name = re.sub(r"--+", "-", name) if name != wanted else name
    name = name.strip(_EDGES)
    if _RESERVED.match(name):
        name = f"_{name}"
    if name == wanted and name and len(name.encode()) <= NAME_BYTES:
        return name
    mark = hashlib.blake2b(wanted.encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()
    suffix = found.group() if (found := _SUFFIX.search(name)) else ""
    room = NAME_BYTES - len(suffix) - len(mark) - 1
    stem = name.removesuffix(suffix).encode()[:room].decode(errors="ignore").rstrip(_EDGES)
    return f"{stem or 'unnamed'}-{mark}{suffix}"


def check_key(key: str) -> str:
    """Give back a key that stays inside a store's root.

    Raises
    ------
    InvalidValueError
        If the key is absolute, climbs out with ``..``, is hidden (names that
        start with a dot belong to the store) or has parts that a file system
        can't hold.
    """
    for part in key.split("/"):
        problem = _part_problem(part)
        if problem:
            raise InvalidValueError(
                f"a key must be names joined by '/', inside the root: {key!r} has {problem}"
            )
    return key


def _replace(character: str) -> str:
    if character in _KEPT:
        return character
    category = unicodedata.category(character)
    if category[0] in "LMN":
        return character
    # Formats (right-to-left marks, joiners) and surrogates can't be seen: no dash for them.
    return "" if category in ("Cf", "Cs") else "-"


def _part_problem(part: str) -> str | None:
    if not part:
        return "an empty part"
    if part.startswith("."):
        return f"the part {part!r}, which starts with a dot"
    if "\\" in part or ":" in part:
        return f"a backslash or a colon in {part!r}"
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in part):
        return f"a control character in {part!r}"
    if len(part.encode()) > _PART_BYTES:
        return f"a part of {len(part.encode())} bytes (at most {_PART_BYTES})"
    return None
