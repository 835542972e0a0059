"""One statement against the memory of its natural key: what it means for whom, or why it means nothing.

The later statement wins wholly, also where it names other children: those no longer named lose the fact. One record
goes to each family concerned, with all its children of that statement in it.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.calendar.retention import gone_on, latest_day, starts_a_plan
from models.intake.links import LinkMap
from models.intake.memory import Heard, Memory, claim, hear, keep_together, refer
from models.parts import fuller
from schemas.events import Forwarded, Marked, Placed, Told
from schemas.facts import Outcome, Part, Referral, Saying, Version
from schemas.identifiers import Day, FamilyId, IdentifierId, Moment
from schemas.statements import InFamily, LinkStated, Marks, SameChild, Statement


class Verdict(Enum):
    """What became of a statement; exactly one per record (the balance of EVENTS section 6)."""

    ACCEPTED = "accepted"
    EXPIRED = "expired"
    DUPLICATE = "duplicate"
    ID_REUSE = "id-reuse"

    @property
    def is_accepted(self) -> bool:
        """Expired statements are accepted, and counted besides."""
        return self in {Verdict.ACCEPTED, Verdict.EXPIRED}


class Listened(Struct, frozen=True, gc=False):
    """The memory afterwards, the verdict, the records for families, and the link for the link map."""

    memory: Memory
    verdict: Verdict
    for_families: tuple[Forwarded, ...] = ()
    link: LinkStated | None = None


def listen(memory: Memory, statement: Statement, links: LinkMap) -> Listened:
    """Take one statement; ``memory`` is that of ``statement.key``."""
    today = local_day(statement.received_at)
    if memory.ids and memory.forgotten_on <= today:
        memory = Memory()
    match hear(memory, statement.version, statement.digest, today):
        case Heard.DUPLICATE:
            return Listened(memory, Verdict.DUPLICATE)
        case Heard.REUSED:
            return Listened(memory, Verdict.ID_REUSE)
        case Heard.NEW:
            pass
    body = statement.body
    match body:
        case Marks():
            return _listen_to_marks(memory, statement, body, links, today)
        case SameChild() | InFamily():
            return _listen_to_link(memory, statement, body, today)
        case _:
            return _listen_to_saying(memory, statement, body, links, today)


def _listen_to_link(memory: Memory, statement: Statement, link: SameChild | InFamily, today: Day) -> Listened:
    memory = claim(memory, statement.version, statement.digest, None, today)
    stated = LinkStated(statement.key, statement.version, statement.received_at, None if statement.retracted else link)
    if memory.newest is not None and memory.newest >= statement.version:
        return Listened(memory, Verdict.ACCEPTED)
    return Listened(replace(memory, newest=statement.version), Verdict.ACCEPTED, (), stated)


def _listen_to_marks(memory: Memory, statement: Statement, body: Marks, links: LinkMap, today: Day) -> Listened:
    latest = max(mark.on for mark in body.marks)
    if gone_on(latest) <= today and not statement.retracted:
        return Listened(memory, Verdict.EXPIRED)
    memory = claim(memory, statement.version, statement.digest, gone_on(latest), today)
    identifier = links.choose(statement.named[0].identifiers)
    placement = links.place(identifier)
    marked = Marked(
        at=statement.received_at,
        links=links.links,
        placed=Placed(identifier, placement.child),
        agency=statement.agency,
        version=statement.version,
        school=body.school,
        marks=body.marks,
        retracted=statement.retracted,
    )
    return Listened(memory, Verdict.ACCEPTED, (Forwarded(placement.family, marked),))


def _listen_to_saying(memory: Memory, statement: Statement, saying: Saying, links: LinkMap, today: Day) -> Listened:
    latest = latest_day(saying)
    is_expired = gone_on(latest) <= today and not statement.retracted and not starts_a_plan(saying)
    verdict = Verdict.EXPIRED if is_expired else Verdict.ACCEPTED
    is_later = memory.newest is None or statement.version > memory.newest
    if not is_expired:
        until = None if starts_a_plan(saying) and not statement.retracted else gone_on(latest)
        memory = keep_together(claim(memory, statement.version, statement.digest, until, today))
    elif memory.newest is None and not _closes_a_plan(saying):
        return Listened(memory, verdict)
    chosen = () if statement.retracted else _chosen(statement, links)
    if not is_later:
        return _listen_to_an_older_one(memory, statement, chosen, verdict, links)
    kept = {identifier for identifier, _ in chosen}
    dropped = tuple(sorted(({identifier for identifier, _ in memory.named} | set(memory.dropped)) - kept))
    if not is_expired or memory.newest is not None:
        memory = replace(memory, newest=statement.version, named=chosen, dropped=dropped, latest=latest)
        if isinstance(saying, Referral):
            memory = refer(memory, Day(0) if statement.retracted else saying.on, statement.received_at)
    told = Telling(statement, statement.version, None if statement.retracted else saying, latest, memory.held)
    return Listened(memory, verdict, told.to_families(chosen, dropped, links))


def _listen_to_an_older_one(
    memory: Memory,
    statement: Statement,
    chosen: tuple[tuple[IdentifierId, Part | None], ...],
    verdict: Verdict,
    links: LinkMap,
) -> Listened:
    """It changes nothing, but whom it names and the newest does not is told so, as if it had come first."""
    if memory.newest is None:
        return Listened(memory, verdict)
    kept = {identifier for identifier, _ in memory.named}
    more = {identifier for identifier, _ in chosen} - kept - set(memory.dropped)
    if not more:
        return Listened(memory, verdict)
    told = Telling(statement, memory.newest, None, memory.latest)
    memory = replace(memory, dropped=tuple(sorted(more | set(memory.dropped))))
    return Listened(memory, verdict, told.to_families((), tuple(sorted(more)), links))


def _closes_a_plan(saying: Saying) -> bool:
    """An end closes its plan however late it comes."""
    return isinstance(saying, Outcome) and saying.kind.endswith(("-ended", "case-closed"))


def _chosen(statement: Statement, links: LinkMap) -> tuple[tuple[IdentifierId, Part | None], ...]:
    """The identifiers chosen for the children named, each once."""
    chosen: dict[IdentifierId, Part | None] = {}
    for named in statement.named:
        identifier = links.choose(named.identifiers)
        chosen[identifier] = fuller(chosen.get(identifier), named.part)
    return tuple(sorted(chosen.items(), key=lambda entry: entry[0]))


class Telling(Struct, frozen=True, gc=False):
    """What families are told of a statement: one record each, with all children of the family that it concerns."""

    statement: Statement
    version: Version
    saying: Saying | None
    latest: Day
    held: tuple[tuple[Day, Moment], ...] = ()

    def to_families(
        self, named: tuple[tuple[IdentifierId, Part | None], ...], dropped: tuple[IdentifierId, ...], links: LinkMap
    ) -> tuple[Forwarded, ...]:
        """The records, in order of family."""
        groups: dict[FamilyId, tuple[list[Placed], list[Placed]]] = {}
        for identifier, part in named:
            at = links.place(identifier)
            groups.setdefault(at.family, ([], []))[0].append(Placed(identifier, at.child, part))
        for identifier in dropped:
            at = links.place(identifier)
            groups.setdefault(at.family, ([], []))[1].append(Placed(identifier, at.child))
        return tuple(
            Forwarded(family, self._told(tuple(present), tuple(absent), links))
            for family, (present, absent) in sorted(groups.items())
        )

    def _told(self, named: tuple[Placed, ...], dropped: tuple[Placed, ...], links: LinkMap) -> Told:
        return Told(
            at=self.statement.received_at,
            links=links.links,
            fact=self.statement.key,
            agency=self.statement.agency,
            kind=self.statement.kind,
            version=self.version,
            saying=self.saying,
            latest=self.latest,
            named=named,
            dropped=dropped,
            held=self.held,
        )
