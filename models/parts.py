"""A child's part in a notification that names it more than once, under one identifier or under several."""

from __future__ import annotations

from typing import Final

from schemas.facts import Part

_ROLES: Final = ("subject", "present", "resident", "linked")


def fuller(one: Part | None, other: Part | None) -> Part | None:
    """What both say of one child: subject before the other roles, present if either says so."""
    if one is None or other is None:
        return one or other
    role = min(one.role, other.role, key=_ROLES.index)
    return Part(role, one.present or other.present, one.spoken_to or other.spoken_to)
