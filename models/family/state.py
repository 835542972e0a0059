"""What is remembered of a family, and nothing else about it anywhere.

A family holds *strands*: all that partners said under one identifier. An identifier never changes hands, so a strand
can move from family to family whole, as links come and go, and joining is a union of facts in which order does not
matter. A child is the set of strands that carry the same child id; it is put together again each time it is looked at.

Under each natural key the newest version is held, retractions included (``saying`` None): that is the whole reason why
duplicates, disorder, corrections and retractions leave the same state.

Stored as MessagePack arrays inside the row that ``streams.families`` writes; append fields only, and raise
``FAMILY_STATE_VERSION`` for anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from models.family.facts import KnownFact, unpack_facts
from schemas.examples import PromptedBy
from schemas.identifiers import AgencyId, ChildId, Day, FactKey, FamilyId, IdentifierId, Moment, ReasonId, RuleId

FAMILY_STATE_VERSION = 2

NEVER = Day(3_652_059)
"""31 December 9999: the day on which something that does not expire is gone."""

NO_LOOK = Moment(2**62)
"""After every moment: time alone will not make a rule hold."""


class Said(Struct, frozen=True, gc=False, order=True, array_like=True):
    """The version of a mark. ``speaker`` is an index into the strand's speakers, which are in order of source, so
    that versions compare as time, id, source. ``event_id`` is "" where a settled week gave it up."""

    recorded_at: Moment
    event_id: str
    speaker: int

    def __repr__(self) -> str:
        return "Said(...)"


class Week(Struct, frozen=True, gc=False, array_like=True):
    """Fourteen sessions of one school week at one school, Monday AM first: a letter each, and which version said it.

    ``codes`` has 14 letters of ``codes.LETTERS`` ("." for nothing known, "-" for taken back); ``said_by`` has one byte
    per session, an index into ``versions``, and none at all where there is but one version.
    """

    school: str
    codes: str
    said_by: bytes
    versions: tuple[Said, ...]

    def __repr__(self) -> str:
        return "Week(...)"


class Speaker(Struct, frozen=True, gc=False, order=True, array_like=True):
    """A system that sent marks, and its agency."""

    source: str
    agency: AgencyId


class Strand(Struct, frozen=True, gc=False, array_like=True):
    """All that is known under one identifier.

    ``links`` is the number of link statements behind the placement under ``child``: the higher number is the truth.
    ``told`` are the packed facts (``models.family.facts``).
    ``weeks`` holds, by Monday, a packed tuple of ``Week``; the weeks before ``settled_before`` lie in ``settled``
    (``models.family.settled``): a year of school must not be unpacked for every mark. ``bounds`` holds, per rule, the
    newest concern that a raise named (EVENTS section 4, "Once per episode").
    """

    child: ChildId
    links: int
    told: bytes = b""
    weeks: dict[Day, bytes] = {}
    bounds: dict[RuleId, Moment] = {}
    speakers: tuple[Speaker, ...] = ()
    settled_before: Day = Day(0)
    settled: bytes = b""

    @property
    def facts(self) -> Mapping[FactKey, KnownFact]:
        """What was told under this identifier, by natural key: the newest of each, retractions included."""
        return unpack_facts(self.told)

    def __repr__(self) -> str:
        return "Strand(...)"


class Address(Struct, frozen=True, gc=False, array_like=True):
    """Where a strand has gone, and under which ``child``: what still arrives here for it is sent on.

    An address of the family itself says under which child a strand goes that is still on its way here.
    """

    family: FamilyId
    links: int
    left_at: Moment
    child: ChildId

    def __repr__(self) -> str:
        return "Address(...)"


class Watched(Struct, frozen=True, gc=False, array_like=True):
    """A reason that was raised: what it rested on, so that a correction can be told to whoever reads the prompt.

    ``named`` maps each named fact's id to a signature of what it said; ``wording`` is a digest of the reason's text
    and facts as last told to the desk. From ``leaves_on`` a named fact may be gone because it is old, not taken back.
    """

    id: ReasonId
    rule: RuleId
    trigger: str
    trigger_at: Moment
    since: Moment
    named: dict[str, str]
    wording: str
    holds: bool
    leaves_on: Day = NEVER

    def __repr__(self) -> str:
        return f"Watched({self.id})"


class Row(Struct, frozen=True, gc=False, array_like=True):
    """An episode that waits for its label (``models.family.episodes``), with its features as they were then.

    ``on`` is the local day of ``opened_at``; ``features`` are the packed raw values of the list that ``feature_list``
    names; ``who`` are the identifiers that the family had. ``prompted`` says whether a prompt was raised since,
    ``has_raised`` whether the model raised one of this row; ``is_void`` that the features describe nobody any more.
    ``was_in`` are the families that it came through, the one that it began in first (``models.family.row_moves``).
    """

    opened_at: Moment
    on: Day
    feature_list: str
    features: bytes
    who: tuple[IdentifierId, ...]
    prompted: PromptedBy = "none"
    has_raised: bool = False
    is_void: bool = False
    was_in: tuple[FamilyId, ...] = ()

    def __repr__(self) -> str:
        return "Row(...)"


class FamilyState(Struct, frozen=True, gc=False, array_like=True):
    """One family's story.

    ``clock`` is the latest receipt applied; it never goes back. ``next_expiry`` is a day before which nothing is to be
    forgotten, ``next_look`` a moment before which time alone makes no rule hold. ``arriving`` says, by number of link
    statements, how many of several families have sent what that link takes here. ``rows`` are the episodes that wait
    for their labels, the oldest first.
    """

    family: FamilyId
    clock: Moment = Moment(0)
    strands: dict[IdentifierId, Strand] = {}
    addresses: dict[IdentifierId, Address] = {}
    watched: tuple[Watched, ...] = ()
    next_expiry: Day = NEVER
    version: int = FAMILY_STATE_VERSION
    next_look: Moment = NO_LOOK
    arriving: dict[int, int] = {}
    rows: tuple[Row, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to remember: every fact has left, and every address, reason and row behind them."""
        return not (self.strands or self.addresses or self.watched or self.arriving or self.rows)

    def __repr__(self) -> str:
        return "FamilyState(...)"


_encoder = msgspec.msgpack.Encoder()
_strand = msgspec.msgpack.Decoder(Strand)
_watched = msgspec.msgpack.Decoder(Watched)
_row = msgspec.msgpack.Decoder(Row)


def encode_strand(strand: Strand) -> bytes:
    """A strand as it travels to another family."""
    return _encoder.encode(strand)


def decode_strand(story: bytes) -> Strand:
    """A strand as it arrived. Raises msgspec.DecodeError if it is not one."""
    return _strand.decode(story)


def encode_watched(watched: Watched) -> bytes:
    """A raised reason as it travels with the last child of a family."""
    return _encoder.encode(watched)


def decode_watched(raw: bytes) -> Watched:
    """A raised reason as it arrived. Raises msgspec.DecodeError if it is not one."""
    return _watched.decode(raw)


def encode_row(row: Row) -> bytes:
    """An episode as it travels to another family."""
    return _encoder.encode(row)


def decode_row(raw: bytes) -> Row:
    """An episode as it arrived. Raises msgspec.DecodeError if it is not one."""
    return _row.decode(raw)


def canonical(state: FamilyState) -> bytes:
    """The same bytes for the same story, whatever the order in which it was told. For oracles and tests.

    ``next_expiry`` and ``next_look`` are left out: they may be early, and then nothing happens at them.
    """
    strands = [
        (
            identifier,
            strand.child,
            strand.links,
            sorted(strand.facts.items(), key=_by_key),
            sorted(strand.weeks.items(), key=_by_key),
            strand.settled,
            sorted(strand.bounds.items()),
            strand.speakers,
        )
        for identifier, strand in sorted(state.strands.items(), key=_by_key)
    ]
    watched = sorted(state.watched, key=lambda reason: reason.id)
    return _encoder.encode(
        (
            state.family,
            state.clock,
            strands,
            sorted(state.addresses.items(), key=_by_key),
            [replace(reason, named={}) for reason in watched],
            [sorted(reason.named.items()) for reason in watched],
            state.rows,
        )
    )


def _by_key(entry: tuple[Any, Any]) -> Any:
    return entry[0]
