"""Who may render into a project: a small object in the store, beside its movies."""

from __future__ import annotations

import msgspec

from bazaar_nb.errors import AccessError, InvalidValueError, StoreError
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.key_layout import movie_key
from bazaar_nb.store.store import Store

_MOST_NAMED = 5


class ProjectMembers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The people of a project.

    A project that has no owners is open: whoever can write to the root may
    render into it, and whoever sets its first members owns it.

    Attributes
    ----------
    owners : tuple of str
        Users who may render, and change who may.
    members : tuple of str
        Users who may render.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.ProjectMembers(owners=("ada",), members=("bob",)).owners
    ('ada',)
    """

    owners: tuple[str, ...] = ()
    members: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("owners", "members"):
            users = getattr(self, name)
            if isinstance(users, str) or not all(map(_is_name, users)):
                raise InvalidValueError(f"`{name}` holds names of users, got {users!r}")
            msgspec.structs.force_setattr(self, name, tuple(dict.fromkeys(users)))
        if self.members and not self.owners:
            raise InvalidValueError(f"a project with members has owners, got members {self.members!r} alone")

    @property
    def is_open(self) -> bool:
        """Whether anybody may render into the project."""
        return not self.owners


def members_key(project: str) -> str:
    """Give the key of a project's members."""
    folder = movie_key(project, "x", "x").removesuffix("x/x")
    return f"{folder}members.json"


def read_members(store: Store, project: str) -> ProjectMembers:
    """Read who is in a project.

    Raises
    ------
    StoreError
        If that can't be read or understood: then nobody may render into it.
    """
    key = members_key(project)
    try:
        return msgspec.json.decode(store.read_bytes(key), type=ProjectMembers)
    except MissingObjectError:
        return ProjectMembers()
    except (msgspec.DecodeError, RecursionError) as error:
        raise StoreError(
            f"{store.location(key)} can't be understood: {error}; an owner can write it anew"
        ) from error


def write_members(store: Store, project: str, members: ProjectMembers, user: str) -> None:
    """Set who is in a project.

    Raises
    ------
    AccessError
        If the project has owners, and `user` is none of them; or if it would
        be one that they can't change back.
    """
    now = read_members(store, project)
    if not now.is_open and user not in now.owners:
        raise AccessError(
            f"only an owner can change who is in project {project!r}: {_named(now.owners)}; you are {user!r}"
        )
    if members.is_open:
        store.remove(members_key(project))
        return
    if now.is_open and user not in members.owners:
        raise AccessError(
            f"you would lock yourself out of project {project!r}: {user!r} must be one of its owners"
        )
    store.write_bytes(members_key(project), msgspec.json.format(msgspec.json.encode(members)))


def check_member(there: ProjectMembers, project: str, user: str) -> None:
    """Check that a user may render into a project that has these members.

    Raises
    ------
    AccessError
        With whom to ask, if not.
    """
    if not there.is_open and user not in there.owners and user not in there.members:
        raise AccessError(
            f"{user!r} is not in project {project!r}: ask an owner ({_named(there.owners)}), or render into "
            "another project, as Workspace(project=…) says"
        )


def _is_name(user: object) -> bool:
    # Half a letter (a lone surrogate) can't be written to the file.
    return isinstance(user, str) and bool(user.strip()) and user.encode("utf-8", "replace").decode() == user


def _named(users: tuple[str, ...]) -> str:
    more = f" and {len(users) - _MOST_NAMED} more" if len(users) > _MOST_NAMED else ""
    return ", ".join(map(repr, users[:_MOST_NAMED])) + more
