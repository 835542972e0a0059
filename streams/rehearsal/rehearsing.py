"""``earlyword rehearse``: a file of events through intake, families and desk as pure functions, in file order.

For analysts: what would last year have looked like under these rules? No broker, no clock: an event counts as received
at its own time, or at the latest before it if that is later, and a prompt closes when it is due, as if a worker had
answered then (EVENTS section 6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

import msgspec
from msgspec import Struct

from models.desk.policy import policy_of
from models.family.judge import SILENT, Judge
from models.family.rules import RulePack
from models.hub.sequence import Sequence
from models.intake.listening import Verdict
from schemas.hub import Hub
from schemas.identifiers import Moment
from schemas.prompts import Prompt
from streams.intake.accept import Accepted, Door, SetAside
from streams.intake.pseudonyms import HubKey
from streams.rehearsal.figures import Figures, measure


class Balance(Struct, frozen=True, kw_only=True):
    """What became of every line: read = accepted + duplicates + set aside. ``expired`` is part of accepted."""

    read: int
    accepted: int
    duplicates: int
    expired: int
    set_aside: dict[str, int]
    prompts: int
    revisions: int

    @property
    def holds(self) -> bool:
        """Whether every line is accounted for."""
        return self.read == self.accepted + self.duplicates + sum(self.set_aside.values())


class Rehearsal:
    """One hub, told lines of a file in order."""

    def __init__(self, hub: Hub, pack: RulePack, key: HubKey, judge: Judge = SILENT) -> None:
        self.sequence = Sequence(policy_of(hub, closes_at_due=True), pack.with_schools(hub), judge)
        self._door = Door(hub, key)
        self._hub = hub
        self._began: Moment | None = None
        self._clock: Moment | None = None
        self._until = Moment(0)
        self._read = 0
        self._verdicts: Counter[Verdict] = Counter()
        self._set_aside: Counter[str] = Counter()

    def read_line(self, line: bytes) -> None:
        """Take one line, without its end; blank lines are not read."""
        if not line.strip():
            return
        self._read += 1
        answer = self._door.accept_line(line, self._clock, self._read)
        match answer:
            case SetAside(reason=reason):
                self._set_aside[reason.name] += 1
            case Accepted(statement=statement):
                verdict = self.sequence.hear(statement)
                if verdict is Verdict.ID_REUSE:
                    self._set_aside["ID_REUSE"] += 1
                    return
                self._verdicts[verdict] += 1
                self._clock = statement.received_at
                if self._began is None:
                    self._began = self._clock
            case _:
                assert_never(answer)

    @property
    def clock(self) -> Moment:
        """The latest receipt so far."""
        return self._clock or Moment(0)

    def let_time_pass(self, until: Moment) -> None:
        """Nothing more is read up to and including this moment."""
        self._until = max(self._until, until)
        self.sequence.let_time_pass(until)

    def figures(self) -> Figures:
        """What all this would have asked of the hub's teams."""
        return measure(self.sequence, self._hub, self._began, max(self.clock, self._until))

    def balance(self) -> Balance:
        """What became of what was read."""
        return Balance(
            read=self._read,
            accepted=self._verdicts[Verdict.ACCEPTED] + self._verdicts[Verdict.EXPIRED],
            duplicates=self._verdicts[Verdict.DUPLICATE],
            expired=self._verdicts[Verdict.EXPIRED],
            set_aside=dict(sorted(self._set_aside.items())),
            prompts=len({prompt.prompt_id for prompt in self.sequence.revisions}),
            revisions=len(self.sequence.revisions),
        )


def rehearse(
    lines: Iterable[bytes],
    hub: Hub,
    pack: RulePack,
    key: HubKey,
    until: Moment | None = None,
    on_progress: Callable[[int], None] | None = None,
    judge: Judge = SILENT,
) -> Rehearsal:
    """Tell these lines to a hub; ``on_progress`` is given the number of bytes of each line as it is read."""
    rehearsal = Rehearsal(hub, pack, key, judge)
    for line in lines:
        rehearsal.read_line(line.rstrip(b"\r\n"))
        if on_progress is not None:
            on_progress(len(line))
    if until is not None:
        rehearsal.let_time_pass(until)
    return rehearsal


def write_prompts(prompts: Iterable[Prompt]) -> Iterator[bytes]:
    """Each prompt revision as a line of JSON, as it is published."""
    encode = msgspec.json.Encoder().encode
    for prompt in prompts:
        yield encode(prompt) + b"\n"
