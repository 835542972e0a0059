"""One child of a census file: who it is, as the agency's identifiers say it, then its episodes."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from streams.connectors.census_episode import tell_episode
from streams.connectors.census_event import Census, derive_id
from streams.connectors.census_fields import miss, note, read_upn, refuse
from streams.connectors.repeats import Repeats
from streams.connectors.reports import Lost, Reason, Refused, Told
from streams.connectors.xml_parts import Part

MAX_LOCAL_ID = 64  # characters; EVENTS section 1. The census itself allows 20 (rule 1570), files hold longer ones.


class _Names(Struct, frozen=True):
    """A child's identifiers; not for printing."""

    local: str
    upn: str | None
    former_upn: str | None

    def __repr__(self) -> str:
        return "_Names(...)"

    def current(self) -> list[dict[str, str]]:
        """What every statement about the child names it by."""
        upn = [] if self.upn is None else [{"scheme": "upn", "value": self.upn}]
        return [*upn, {"scheme": "la-child-id", "value": self.local}]

    def ever(self) -> list[dict[str, str]]:
        """What the link says to be one child: the former pupil number belongs to it too."""
        former = [] if self.former_upn is None else [{"scheme": "upn", "value": self.former_upn}]
        return [*self.current(), *former]


def tell_child(child: Part, census: Census, repeats: Repeats) -> Iterator[Told]:
    """Everything a child's record says: the link between its identifiers first, then its episodes in order."""
    if child.is_too_long:
        yield refuse(child, Reason.TOO_MANY, Lost.CHILD)
        return
    local = _read_local_id(child)
    if isinstance(local, Refused):
        if child.is_whole:  # of a record that was cut off, the fault itself is the report
            yield local
        return
    nth = repeats.count("child", local)
    if nth:
        yield note(child, Reason.CHILD_REPEATED)
    upns = [_read_own_upn(child, name, local, repeats) for name in ("UPN", "FormerUPN")]
    yield from (upn for upn in upns if isinstance(upn, Refused))
    current, former = (upn if isinstance(upn, str) else None for upn in upns)
    names = _Names(local, current, None if former == current else former)
    if len(names.ever()) > 1:
        yield _link(names, nth, census)
    for details in child.each("CINdetails"):
        yield from tell_episode(details, local, names.current(), census, repeats)


def _read_local_id(child: Part) -> str | Refused:
    identifiers = child.first("ChildIdentifiers")
    if identifiers is None:
        return miss(child, "ChildIdentifiers", Lost.CHILD)
    part = identifiers.first("LAchildID")
    if part is None:
        return miss(identifiers, "LAchildID", Lost.CHILD)
    if part.is_too_long or len(part.text) > MAX_LOCAL_ID:
        return refuse(part, Reason.TOO_LONG, Lost.CHILD)
    return part.text or refuse(part, Reason.MISSING, Lost.CHILD)


def _read_own_upn(child: Part, name: str, local: str, repeats: Repeats) -> str | Refused | None:
    """A pupil number that no earlier child of the file has.

    Two children with one pupil number would become one child downstream, so it stays with the first.
    """
    identifiers = child.first("ChildIdentifiers")
    part = identifiers.first(name) if identifiers is not None else None
    upn = read_upn(part)
    if part is not None and isinstance(upn, str) and not repeats.claim(upn, local):
        return refuse(part, Reason.UPN_OF_ANOTHER_CHILD, Lost.VALUE)
    return upn


def _link(names: _Names, nth: int, census: Census) -> Told:
    link_id = derive_id("link", census.agency, names.local, str(nth))
    fields = {
        "link_id": link_id,
        "statement": "same-child",
        "child": {"identifiers": names.ever()},
        "family": None,
        "valid_from": census.valid_from.isoformat(),
        "basis": "system",
    }
    return census.state("family-link", (link_id,), fields)
