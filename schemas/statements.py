"""What was said, before anybody knows to which family it belongs: the words of ``earlyword.statements.v1``.

``Statement`` (key: its natural key; for school marks the event's first identifier) goes from intake to intake;
``LinkStated`` (key: natural key) lies on ``earlyword.links.v1`` in one total order. Both are MessagePack, nobody
outside reads them.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from schemas.facts import Mark, Part, Saying, Version, WireKind
from schemas.identifiers import AgencyId, FactKey, FamilyId, IdentifierId, Moment


class Named(Struct, frozen=True, gc=False, array_like=True):
    """A child as a statement names it: its identifiers in the order of EVENTS section 1."""

    identifiers: tuple[IdentifierId, ...]
    part: Part | None = None

    def __repr__(self) -> str:
        return "Named(...)"


class Marks(Struct, frozen=True, gc=False, array_like=True, tag="m"):
    """The session marks of one message: one child, one school (a six-digit URN)."""

    school: str
    marks: tuple[Mark, ...]

    def __repr__(self) -> str:
        return "Marks(...)"


class SameChild(Struct, frozen=True, gc=False, array_like=True, tag="s"):
    """These identifiers are one child."""

    identifiers: tuple[IdentifierId, ...]

    def __repr__(self) -> str:
        return "SameChild(...)"


class InFamily(Struct, frozen=True, gc=False, array_like=True, tag="f"):
    """The child of this identifier belongs to this family."""

    identifier: IdentifierId
    family: FamilyId

    def __repr__(self) -> str:
        return "InFamily(...)"


Link: TypeAlias = SameChild | InFamily


class Raw(Struct, frozen=True, gc=False, array_like=True):
    """The original bytes of a partner's record, kept until it is sure that it will not be set aside."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]

    def __repr__(self) -> str:
        return f"Raw({self.topic}/{self.partition}@{self.offset})"


class Statement(Struct, frozen=True, gc=False, array_like=True):
    """An accepted partner event in our own words, not yet compared with what was said before."""

    key: FactKey
    agency: AgencyId
    kind: WireKind
    version: Version
    digest: bytes
    received_at: Moment
    retracted: bool
    named: tuple[Named, ...]
    body: Saying | Marks | SameChild | InFamily
    raw: Raw

    def __repr__(self) -> str:
        return f"Statement({self.kind})"


class LinkStated(Struct, frozen=True, gc=False, array_like=True):
    """One accepted family-link statement; ``link`` is None for a retraction. LWW by version per key."""

    key: FactKey
    version: Version
    received_at: Moment
    link: Link | None

    def __repr__(self) -> str:
        return "LinkStated(...)"
