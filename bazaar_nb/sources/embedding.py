"""Files that go into a document with the film that names them."""

from __future__ import annotations

import re
from glob import has_magic

from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.sources.finding import FindFile
from bazaar_nb.sources.given_files import keep_bytes
from bazaar_nb.store.key_layout import asset_extension
from bazaar_nb.values.addresses import has_secrets, is_address, is_given, shown_source

_PATH = re.compile(r"\.[A-Za-z0-9]{1,5}$|[/\\]")


class Embedding:
    """Gives names that files have in a document, and takes what they hold along.

    Parameters
    ----------
    everything : bool
        Whether files and what addresses have are taken along, not bytes that were handed over alone.
    where : str
        Closes messages.

    Attributes
    ----------
    files : dict of str to bytes
        What was taken, by ``given:<digest>.<ext>``.
    """

    def __init__(self, find: FindFile, *, everything: bool, where: str) -> None:
        self.files: dict[str, bytes] = {}
        self._find = find
        self._everything = everything
        self._where = where
        self._names: dict[str, str] = {}

    def rename(self, source: str) -> str:
        """Give the name that a source has in the document.

        Raises
        ------
        AssetError
            When it is to be taken along, and can't be had.
        InvalidValueError
            When it can't be written or taken along.
        """
        name = self._names.get(source)
        if name is None:
            name = self._names[source] = self._named(source)
        return name

    def _named(self, source: str) -> str:
        if source.startswith("asset:"):
            return source
        if not is_given(source) and not self._everything:
            if has_secrets(source):
                raise InvalidValueError(
                    f"{shown_source(source)} holds what may be a password or a signature, which a document "
                    f"is not to hold: to_json(embed=True) writes what the address has{self._where}"
                )
            return source
        if not (is_given(source) or is_address(source) or _PATH.search(source)):
            return source  # a family of fonts
        is_pattern = not is_address(source) and (has_magic(source) or "%" in source)
        if is_pattern and not self._find(source).is_file():
            raise InvalidValueError(
                f"{source!r} is a sequence of pictures, which can't be embedded: make a video of it, or save "
                f"the film with film.save(){self._where}"
            )
        path = self._find(source)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise AssetError(f"can't read {shown_source(source)}: {error.strerror}{self._where}") from error
        name = keep_bytes(data, asset_extension(path))
        self.files[name] = data
        return name
