"""The balance: every record that lies on a partner's topic is accepted, a duplicate, or set aside. Nothing else.

It is counted from what lies on the topics after the replay, not from what any process says it did:

* *published*: the ends of the partners' topics;
* *set aside*: the records that the dead letters name, each once, however often a crash wrote the letter;
* *accepted*, *duplicates*, *expired*: the statements that intake passed on to itself, each partner's record once, in
  the order in which they lie there, held against a memory of what was said before, as intake does it.

That memory is ours, so the simulator's own ledger is held against the result, too: it knows what it spoilt and what it
sent twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from models.intake.links import LinkMap
from models.intake.listening import Verdict, listen
from models.intake.memory import Memory
from schemas.events import Origin
from schemas.identifiers import FactKey
from schemas.wire.dead_letter_v1 import Reason
from streams.dead_letters import read_letter
from streams.intake.door import log_of
from streams.intake.statements import StatementRecord
from streams.topics import parse_partner_topic

Place: TypeAlias = tuple[int, int]
"""A partner's record: the number of its log (topic and partition), and its offset."""

TICK: bytes = b"__tick"
_record = msgspec.msgpack.Decoder(StatementRecord).decode


class Balance(Struct, frozen=True, kw_only=True):
    """What became of every record published. ``expired`` is part of accepted."""

    published: int
    accepted: int
    duplicates: int
    expired: int
    set_aside: dict[str, int]

    @property
    def aside(self) -> int:
        """All that was set aside, whatever the reason."""
        return sum(self.set_aside.values())

    @property
    def holds(self) -> bool:
        """Whether every record published is accounted for, exactly once."""
        return self.published == self.accepted + self.duplicates + self.aside

    def __str__(self) -> str:
        return (
            f"{self.published:,} published = {self.accepted:,} accepted + {self.duplicates:,} duplicates"
            f" + {self.aside:,} set aside"
        )


class Listener:
    """Holds statements against what was said before, each partner's record once, in the order of their topic."""

    def __init__(self) -> None:
        self.verdicts: dict[Place, Verdict] = {}
        self._memories: dict[FactKey, Memory] = {}
        self._no_links = LinkMap()  # links decide to whom a statement goes, never whether it was said before

    def take(self, key: bytes | None, value: bytes | None) -> Place | None:
        """Take one record of ``earlyword.statements.v1``; the partner's record it came from, None for other records."""
        if key is None or key.startswith(TICK) or value is None:
            return None
        told = _record(value)
        place = place_of(told.origin)
        if place in self.verdicts:
            return place  # a crash repeats a record under another offset
        statement = told.statement
        listened = listen(self._memories.get(statement.key, Memory()), statement, self._no_links)
        self._memories[statement.key] = listened.memory
        self.verdicts[place] = listened.verdict
        return place


class Letters:
    """The dead letters, each record once, however often it was written."""

    def __init__(self) -> None:
        self.reasons: dict[Place, Reason] = {}
        self.inside: Counter[str] = Counter()
        """By topic, records of ours that could not be used: there should be none."""

    def take(self, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes | None]]) -> Place | None:
        """Take one record of ``earlyword.dead-letters.v1``; the partner's record it is about, None if it is ours."""
        note = read_letter(key, value, tuple(headers)).note
        if parse_partner_topic(note.topic) is None:
            self.inside[note.topic] += 1
            return None
        place = log_of(note.topic, note.partition), note.offset
        self.reasons[place] = note.reason
        return place


def place_of(origin: Origin) -> Place:
    """Which partner's record a statement was made from."""
    return origin.log, origin.offset


def draw_up(published: int, listener: Listener, letters: Letters) -> Balance:
    """The balance of all that was read."""
    verdicts = Counter(listener.verdicts.values())
    return Balance(
        published=published,
        accepted=verdicts[Verdict.ACCEPTED] + verdicts[Verdict.EXPIRED],
        duplicates=verdicts[Verdict.DUPLICATE],
        expired=verdicts[Verdict.EXPIRED],
        set_aside=dict(sorted(Counter(reason.name for reason in letters.reasons.values()).items())),
    )


def find_faults(balance: Balance, listener: Listener, letters: Letters, ledger: Mapping[str, Any]) -> tuple[str, ...]:
    """What does not add up, a sentence each; empty when everything does. ``ledger`` is the simulator's own."""
    faults = []
    if not balance.holds:
        accounted = balance.accepted + balance.duplicates + balance.aside
        faults.append(f"{balance.published:,} records were published, but {accounted:,} are accounted for.")
    reused = {place for place, verdict in listener.verdicts.items() if verdict is Verdict.ID_REUSE}
    lettered = {place for place, reason in letters.reasons.items() if reason is Reason.ID_REUSE}
    if reused != lettered:
        faults.append(f"{len(reused ^ lettered):,} records that use an id again are set aside wrongly, or not at all.")
    if both := (listener.verdicts.keys() & letters.reasons.keys()) - reused:
        faults.append(f"{len(both):,} records were both passed on and set aside.")
    for topic, count in sorted(letters.inside.items()):
        faults.append(f"{count:,} records of {topic}, which is our own, could not be used.")
    ours = {"read": balance.published, **{name: getattr(balance, name) for name in _LEDGER}}
    for name, counted in ours.items():
        if counted != ledger[name]:
            faults.append(f"The topics say {name} {counted}, the town's own ledger says {ledger[name]}.")
    return tuple(faults)


_LEDGER = ("accepted", "duplicates", "expired", "set_aside")
