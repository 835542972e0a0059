"""All that can happen to a family: the closed union of ``earlyword.family-events.v1`` (key: family id, MessagePack)."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from schemas.facts import Mark, Part, Saying, Version, WireKind
from schemas.identifiers import AgencyId, ChildId, Day, FactKey, FamilyId, IdentifierId, Moment

STATEMENTS_LOG = 0
FAMILY_LOG = 100
LINKS_LOG = 200
DESK_LOG = 300
ACTIONS_LOG = 400
"""First number of the logs that records come from; the partition is added. Partners' logs begin at PARTNER_LOG."""
PARTNER_LOG = 1_000


class Origin(Struct, frozen=True, gc=False, array_like=True):
    """Where a record came from: a log (topic and partition, as ``streams.topics`` numbers them), offset, index.

    The index tells apart several records made from one. Per log, (offset, index) only ever grows.
    """

    log: int
    offset: int
    index: int


class Placed(Struct, frozen=True, gc=False, array_like=True):
    """An identifier of a child of this family, and the child it belongs to as the links stood."""

    identifier: IdentifierId
    child: ChildId
    part: Part | None = None

    def __repr__(self) -> str:
        return "Placed(...)"


class Told(Struct, frozen=True, gc=False, array_like=True, tag="told"):
    """One statement, for one family: which of its children it names now, and which it names no longer.

    ``links`` is the number of link statements that intake had read (the offset after the last one): of two
    contradicting placements the higher number is the truth. ``saying`` is None for a retraction; ``latest`` is the
    latest date that the statement carries. ``held`` are the earlier versions of a referral, whichever family they were
    about: the date of each, and until when it was held.
    """

    at: Moment
    links: int
    fact: FactKey
    agency: AgencyId
    kind: WireKind
    version: Version
    saying: Saying | None
    latest: Day
    named: tuple[Placed, ...]
    dropped: tuple[Placed, ...]
    held: tuple[tuple[Day, Moment], ...] = ()

    def __repr__(self) -> str:
        return f"Told({self.kind})"


class Marked(Struct, frozen=True, gc=False, array_like=True, tag="marked"):
    """Session marks of one child of this family."""

    at: Moment
    links: int
    placed: Placed
    agency: AgencyId
    version: Version
    school: str
    marks: tuple[Mark, ...]
    retracted: bool

    def __repr__(self) -> str:
        return "Marked(...)"


class Moved(Struct, frozen=True, gc=False, array_like=True, tag="moved"):
    """A link changed the child or the family of this identifier; sent to the family it belonged to before.

    ``others`` are identifiers that go the same way with it; ``sources`` is the number of families from which the link
    takes identifiers to ``family``. ``links`` is the number of link statements including the one that changed it.
    ``is_home``: by the links, some child belongs to the old family still, told of or not.
    """

    at: Moment
    links: int
    placed: Placed
    family: FamilyId
    others: tuple[Placed, ...] = ()
    sources: int = 1
    is_home: bool = False

    @property
    def going(self) -> tuple[Placed, ...]:
        """All that go this way."""
        return (self.placed, *self.others)

    def __repr__(self) -> str:
        return "Moved(...)"


class Joined(Struct, frozen=True, gc=False, array_like=True, tag="joined"):
    """What a family held under an identifier arrives in the family that it belongs to now.

    ``story`` is the encoded strand (``models.family.state``), or empty: nothing was held. ``others`` came the same way
    with it, each with its own; ``sources`` families were told to send something with this link. ``watched`` are encoded
    raised reasons that come along when the old family was left without children, else empty; ``rows`` are encoded
    episodes that come along when nothing was left that anything was told of.
    """

    at: Moment
    links: int
    placed: Placed
    story: bytes
    watched: tuple[bytes, ...] = ()
    others: tuple[tuple[Placed, bytes], ...] = ()
    sources: int = 1
    rows: tuple[bytes, ...] = ()

    @property
    def came(self) -> tuple[tuple[Placed, bytes], ...]:
        """All that came this way, each with its story."""
        return ((self.placed, self.story), *self.others) if self.story else ()

    def __repr__(self) -> str:
        return "Joined(...)"


class TimePassed(Struct, frozen=True, gc=False, array_like=True, tag="time"):
    """Nothing but time passed, up to and including ``at``."""

    at: Moment


FamilyEvent: TypeAlias = Told | Marked | Moved | Joined | TimePassed


class FamilyRecord(Struct, frozen=True, gc=False, array_like=True):
    """A family event as it lies on ``earlyword.family-events.v1``. ``origin`` is None for the passing of time."""

    origin: Origin | None
    event: Told | Marked | Moved | Joined | TimePassed


class Forwarded(Struct, frozen=True, gc=False, array_like=True):
    """An event that another family has to be told: its key on ``earlyword.family-events.v1`` is ``family``."""

    family: FamilyId
    event: Told | Marked | Moved | Joined

    def __repr__(self) -> str:
        return "Forwarded(...)"
