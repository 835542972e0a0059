"""All that can happen to a family, and what a family's story tells the desk: the closed unions of internal events.

``earlyword.statements.v1`` carries ``Statement`` (key: natural key; for marks the first identifier),
``earlyword.links.v1`` carries ``LinkStated``, ``earlyword.family-events.v1`` carries ``FamilyRecord`` (key: family id),
``earlyword.desk-events.v1`` carries ``DeskRecord``. All are MessagePack; nobody outside reads them.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from schemas.facts import Mark, Part, Saying, Version, WireKind
from schemas.identifiers import (
    AgencyId,
    ChildId,
    FactKey,
    FamilyId,
    IdentifierId,
    Moment,
    ReasonId,
)
from schemas.prompts import Reason, SpeaksAgainst

# --- intake -> intake: what was said, before anybody knows to which family it belongs ---------------------------


class Named(Struct, frozen=True, array_like=True):
    """A child as a statement names it: its identifiers in the order of EVENTS section 1."""

    identifiers: tuple[IdentifierId, ...]
    part: Part | None = None

    def __repr__(self) -> str:
        return "Named(...)"


class Marks(Struct, frozen=True, array_like=True, tag="m"):
    """The session marks of one message: one child, one school (a six-digit URN)."""

    school: str
    marks: tuple[Mark, ...]

    def __repr__(self) -> str:
        return "Marks(...)"


class SameChild(Struct, frozen=True, array_like=True, tag="s"):
    """These identifiers are one child."""

    identifiers: tuple[IdentifierId, ...]

    def __repr__(self) -> str:
        return "SameChild(...)"


class InFamily(Struct, frozen=True, array_like=True, tag="f"):
    """The child of this identifier belongs to this family."""

    identifier: IdentifierId
    family: FamilyId

    def __repr__(self) -> str:
        return "InFamily(...)"


Link: TypeAlias = SameChild | InFamily


class Origin(Struct, frozen=True, array_like=True):
    """Where a record came from: a log (topic and partition, as ``streams.topics`` numbers them), offset, index.

    The index tells apart several records made from one. Per log, (offset, index) only ever grows.
    """

    log: int
    offset: int
    index: int


class Raw(Struct, frozen=True, array_like=True):
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


class Statement(Struct, frozen=True, array_like=True):
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


class LinkStated(Struct, frozen=True, array_like=True):
    """One accepted family-link statement; ``link`` is None for a retraction. LWW by version per key."""

    key: FactKey
    version: Version
    received_at: Moment
    link: Link | None

    def __repr__(self) -> str:
        return "LinkStated(...)"


# --- intake, families -> families: what happens to one family -----------------------------------------------------


class Placed(Struct, frozen=True, array_like=True):
    """An identifier of a child of this family, and the child it belongs to as the links stood."""

    identifier: IdentifierId
    child: ChildId
    part: Part | None = None

    def __repr__(self) -> str:
        return "Placed(...)"


class Told(Struct, frozen=True, array_like=True, tag="told"):
    """One statement, for one family: which of its children it names now, and which it names no longer.

    ``links`` is the number of link statements that intake had read (the offset after the last one): of two
    contradicting placements the higher number is the truth. ``saying`` is None for a retraction.
    """

    at: Moment
    links: int
    fact: FactKey
    agency: AgencyId
    kind: WireKind
    version: Version
    saying: Saying | None
    named: tuple[Placed, ...]
    dropped: tuple[Placed, ...]

    def __repr__(self) -> str:
        return f"Told({self.kind})"


class Marked(Struct, frozen=True, array_like=True, tag="marked"):
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


class Moved(Struct, frozen=True, array_like=True, tag="moved"):
    """A link changed the child or the family of this identifier; sent to the family it belonged to before.

    ``links`` is the number of link statements including the one that changed it.
    """

    at: Moment
    links: int
    placed: Placed
    family: FamilyId

    def __repr__(self) -> str:
        return "Moved(...)"


class Joined(Struct, frozen=True, array_like=True, tag="joined"):
    """What a family held under an identifier arrives in the family that it belongs to now.

    ``story`` is the encoded strand (``models.family.state``); ``watched`` are encoded raised reasons that come along
    when the old family was left without children, else empty.
    """

    at: Moment
    links: int
    placed: Placed
    story: bytes
    watched: tuple[bytes, ...] = ()

    def __repr__(self) -> str:
        return "Joined(...)"


class TimePassed(Struct, frozen=True, array_like=True, tag="time"):
    """Nothing but time passed, up to and including ``at``."""

    at: Moment


FamilyEvent: TypeAlias = Told | Marked | Moved | Joined | TimePassed


class FamilyRecord(Struct, frozen=True, array_like=True):
    """A family event as it lies on ``earlyword.family-events.v1``. ``origin`` is None for the passing of time."""

    origin: Origin | None
    event: Told | Marked | Moved | Joined | TimePassed


class Forwarded(Struct, frozen=True, array_like=True):
    """An event that another family has to be told: its key on ``earlyword.family-events.v1`` is ``family``."""

    family: FamilyId
    event: Told | Marked | Moved | Joined

    def __repr__(self) -> str:
        return "Forwarded(...)"


# --- families -> desk ---------------------------------------------------------------------------------------------


class Raised(Struct, frozen=True, array_like=True, tag="raised"):
    """A candidate: what a family's story puts to the desk. Its id is ``reason.id``."""

    family: FamilyId
    kind: str
    at: Moment
    question: str
    reason: Reason
    children: tuple[ChildId, ...]
    speaks_against: tuple[SpeaksAgainst, ...]
    notes: tuple[str, ...]
    open_case: bool
    bypasses_budget: bool

    def __repr__(self) -> str:
        return f"Raised({self.reason.id})"


class Restated(Struct, frozen=True, array_like=True, tag="restated"):
    """A fact that a raised reason named was corrected, retracted or moved, and what the reason says changed.

    ``reason`` is None when it no longer holds; then ``note`` is the sentence that names it.
    """

    family: FamilyId
    at: Moment
    reason_id: ReasonId
    reason: Reason | None
    children: tuple[ChildId, ...]
    note: str | None

    def __repr__(self) -> str:
        return f"Restated({self.reason_id})"


class Emptied(Struct, frozen=True, array_like=True, tag="emptied"):
    """A family was left without children: its open prompts go to the family its last child went to."""

    family: FamilyId
    to: FamilyId
    at: Moment

    def __repr__(self) -> str:
        return "Emptied(...)"


class ActionTaken(Struct, frozen=True, array_like=True, tag="action"):
    """A prompt-action of ``earlyword.prompt-actions.v1``, checked and re-keyed for the desk."""

    at: Moment
    action_id: str
    prompt_id: str
    revision: int
    action: str
    by: str
    taken_at: Moment
    to: str | None = None
    until: Moment | None = None
    note: str | None = None
    disposition: str | None = None
    useful: str | None = None
    withdraws: str | None = None

    def __repr__(self) -> str:
        return f"ActionTaken({self.action})"


DeskEvent: TypeAlias = Raised | Restated | Emptied | ActionTaken | TimePassed


class DeskRecord(Struct, frozen=True, array_like=True):
    """A desk event as it lies on ``earlyword.desk-events.v1``. ``origin`` is None for the passing of time."""

    origin: Origin | None
    event: Raised | Restated | Emptied | ActionTaken | TimePassed
