"""Links, moves and late events in any order of delivery: every child's facts in exactly one family, the right one.

What the running system does with several processes is played here without a broker: each process knows the links up to
some point of its own, records wait between processes as long as they like, and only those from one sender to one
family keep their order (ARCHITECTURE 3.2).
"""

from __future__ import annotations

import random
from collections import defaultdict, deque

from hypothesis import given
from hypothesis import strategies as st

from models.family.judge import SILENT, Judge
from models.family.state import FamilyState
from models.family.transition import advance
from models.intake.links import LinkMap
from models.intake.listening import listen
from models.intake.memory import Memory
from models.intake.moving import moves_of
from schemas.events import FamilyEvent, Forwarded
from schemas.examples import Matured, Scored
from schemas.identifiers import FactKey, FamilyId
from schemas.statements import LinkStated, Statement
from tests.saying import in_family, marks, notification, referral, same_child
from tests.telling import DEFAULT_PACK, hub, stories

CHILDREN = "abcd"
MOST_STEPS = 20_000

children = st.sampled_from(CHILDREN)
days = st.integers(0, 40)


def _same(pair: tuple[str, str], at: int, off: bool) -> Statement:
    return same_child("s" + "".join(sorted(pair)), *pair, at=at, retracted=off)


def _in(child: str, family: int, at: int, off: bool) -> Statement:
    return in_family(f"f{child}{family}", child, f"F{family}", at=at, retracted=off)


def _notified(number: int, named: list[str], at: int, grade: str) -> Statement:
    return notification(f"n{number}", at=at, grade=grade, children=tuple((child,) for child in named))


def _referred(number: int, child: str, at: int) -> Statement:
    return referral(f"r{number}{child}", at=at, children=((child,),))


def _marked(child: str, at: int) -> Statement:
    return marks((at, 0, "O"), (at, 1, "/"), at=at, child=child)


pairs = st.permutations(CHILDREN).map(lambda order: (order[0], order[1]))
linking = st.one_of(
    st.builds(_same, pairs, days, st.booleans()), st.builds(_in, children, st.integers(1, 2), days, st.booleans())
)
named = st.lists(children, min_size=1, max_size=2, unique=True)
telling = st.one_of(
    st.builds(_notified, st.integers(0, 3), named, days, st.sampled_from(("green", "red"))),
    st.builds(_referred, st.integers(0, 2), children, days),
    st.builds(_marked, children, days),
)


class Processes:
    """Two intake processes, one mover, and all families; dice say which of them comes next."""

    def __init__(
        self, links: list[Statement], statements: list[Statement], dice: random.Random, judge: Judge = SILENT
    ) -> None:
        self._dice = dice
        self._judge = judge
        self._log = _log_of(links)
        self._maps = [LinkMap(), LinkMap()]
        self._read = [0, 0]
        self._waiting: list[deque[Statement]] = [deque(), deque()]
        for statement in statements:
            self._waiting[sum(statement.key.encode()) % 2].append(statement)
        self._memories: dict[FactKey, Memory] = defaultdict(Memory)
        self._mover, self._moved = LinkMap(), 0
        self._sent: dict[tuple[str, FamilyId], deque[FamilyEvent]] = defaultdict(deque)
        self.families: dict[FamilyId, FamilyState] = {}
        self.examples: list[Scored | Matured] = []

    def run(self) -> None:
        """Until nothing waits."""
        for _ in range(MOST_STEPS):
            ready = [
                *(lambda w=w: self._follow(w) for w in (0, 1) if self._read[w] < len(self._log)),
                *(lambda w=w: self._tell(w) for w in (0, 1) if self._waiting[w]),
                *([self._move] if self._moved < len(self._log) else []),
                *(lambda way=way: self._deliver(way) for way, events in self._sent.items() if events),
            ]
            if not ready:
                return
            self._dice.choice(ready)()
        raise AssertionError("records go round for ever")

    def _follow(self, worker: int) -> None:
        self._maps[worker].apply(self._log[self._read[worker]])
        self._read[worker] += 1

    def _tell(self, worker: int) -> None:
        statement = self._waiting[worker].popleft()
        listened = listen(self._memories[statement.key], statement, self._maps[worker])
        self._memories[statement.key] = listened.memory
        self._send(f"intake-{worker}", listened.for_families)

    def _move(self) -> None:
        moves = moves_of(self._mover, self._log[self._moved])
        self._moved += 1
        self._send("mover", moves)

    def _send(self, sender: str, forwards: tuple[Forwarded, ...]) -> None:
        for forward in forwards:
            self._sent[sender, forward.family].append(forward.event)

    def _deliver(self, way: tuple[str, FamilyId]) -> None:
        family = way[1]
        state = self.families.get(family) or FamilyState(family)
        transition = advance(state, self._sent[way].popleft(), self._judge, DEFAULT_PACK)
        self.families[family] = transition.state
        self.examples += transition.examples
        self._send(family, transition.forwards)


def _log_of(links: list[Statement]) -> list[LinkStated]:
    memories: dict[FactKey, Memory] = defaultdict(Memory)
    log: list[LinkStated] = []
    for link in links:
        listened = listen(memories[link.key], link, LinkMap())
        memories[link.key] = listened.memory
        log += [listened.link] if listened.link is not None else []
    return log


@given(st.lists(linking, max_size=8), st.lists(telling, max_size=8), st.integers(0, 2**32))
def test_whatever_arrives_when_every_story_ends_in_the_right_family(
    links: list[Statement], statements: list[Statement], seed: int
) -> None:
    running = Processes(links, statements, random.Random(seed))
    running.run()
    reference = hub()
    for statement in sorted([*links, *statements], key=lambda said: said.received_at):
        reference.hear(statement)
    assert _held(running.families) == _held(reference.families)


def _held(families: dict[FamilyId, FamilyState]) -> dict[str, bytes]:
    return stories(state for state in families.values() if state.strands)
