"""The whole of earlyword as one sequential story: every statement in turn, through memory, links, families and desk.

This is what ``earlyword rehearse`` runs, and what the running system is compared with: it has no broker, no partition
and no crash, so it says what ought to come out. All that it knows it gets from the same pure functions.

Before a statement is taken, time passes for everybody up to its receipt: what is due happens in order of due time; at
one moment prompts close first, then rules raise (EVENTS section 4, *Time*).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from heapq import heappop, heappush

from models.calendar.local_time import local_day
from models.desk.clocks import wake_at as desk_wakes_at
from models.desk.policy import DeskPolicy
from models.desk.state import DeskState
from models.desk.transition import advance as advance_desk
from models.family.considering import ForDesk
from models.family.judge import Judge
from models.family.passing import wake_at
from models.family.rules import RulePack
from models.family.state import FamilyState
from models.family.transition import Transition
from models.family.transition import advance as advance_family
from models.intake.feed_counts import FeedDay, counted_on
from models.intake.links import LinkMap
from models.intake.listening import Verdict, listen
from models.intake.memory import Memory
from models.intake.moving import moves_of
from schemas.desk_events import DeskEvent, Heard
from schemas.events import FamilyEvent, Forwarded, TimePassed
from schemas.examples import Matured, Scored
from schemas.identifiers import FactKey, FamilyId, Moment
from schemas.prompts import Prompt
from schemas.statements import Statement


class Sequence:
    """One hub, told statements in the order of their receipt."""

    def __init__(self, policy: DeskPolicy, pack: RulePack, judge: Judge) -> None:
        self.families: dict[FamilyId, FamilyState] = {}
        self.memories: dict[FactKey, Memory] = {}
        self.links = LinkMap()
        self.desk = DeskState()
        self.told_to_desk: list[ForDesk] = []
        self.examples: list[Scored | Matured] = []
        self.revisions: list[Prompt] = []
        self.feed_counts: Counter[FeedDay] = Counter()
        self._policy = policy
        self._pack = pack
        self.judge = judge
        """Who is asked from now on; whoever replays with learning puts in the next snapshot between two statements."""
        self._waking: list[tuple[Moment, FamilyId]] = []

    def hear(self, statement: Statement) -> Verdict:
        """Take one statement; what became of it."""
        listened = listen(self.memories.get(statement.key, Memory()), statement, self.links)
        if listened.verdict is Verdict.ID_REUSE:
            return listened.verdict  # set aside: it tells us nothing, not even the time
        self.memories[statement.key] = listened.memory
        if (feed_day := counted_on(listened, statement)) is not None:
            self.feed_counts[feed_day] += 1
        self.let_time_pass(statement.received_at)
        if listened.link is not None:
            self._tell_families(moves_of(self.links, listened.link))
        self._tell_families(listened.for_families)
        if listened.verdict.is_accepted:
            self._tell_desk(Heard(statement.agency, statement.kind, local_day(statement.received_at)))
        return listened.verdict

    def let_time_pass(self, until: Moment) -> None:
        """Everything that is due up to and including this moment happens, in order."""
        while True:
            family = self._next_family()
            at_desk = desk_wakes_at(self.desk)
            at_family = family[0] if family is not None else None
            if at_desk is not None and at_desk <= until and (at_family is None or at_desk <= at_family):
                self._tell_desk(TimePassed(at_desk))
            elif family is not None and family[0] <= until:
                heappop(self._waking)
                self._tell_family(family[1], TimePassed(family[0]))
            else:
                return

    def _tell_families(self, forwards: tuple[Forwarded, ...]) -> None:
        waiting = deque(forwards)
        while waiting:
            forwarded = waiting.popleft()
            waiting.extend(self._tell_family(forwarded.family, forwarded.event).forwards)

    def _tell_family(self, family: FamilyId, event: FamilyEvent) -> Transition:
        state = self.families.get(family) or FamilyState(family)
        transition = advance_family(state, event, self.judge, self._pack)
        self._keep(transition.state)
        self.examples.extend(transition.examples)
        for told in transition.for_desk:
            self.told_to_desk.append(told)
            self._tell_desk(told)
        return transition

    def _keep(self, state: FamilyState) -> None:
        if state.is_over:
            self.families.pop(state.family, None)
            return
        self.families[state.family] = state
        if (moment := wake_at(state)) is not None:
            heappush(self._waking, (moment, state.family))

    def _next_family(self) -> tuple[Moment, FamilyId] | None:
        """The family that wakes first; entries that no longer hold are dropped on the way."""
        while self._waking:
            moment, family = self._waking[0]
            state = self.families.get(family)
            if state is not None and wake_at(state) == moment:
                return moment, family
            heappop(self._waking)
        return None

    def _tell_desk(self, event: DeskEvent) -> None:
        transition = advance_desk(self.desk, event, self._policy)
        self.desk = transition.desk
        self.revisions.extend(transition.prompts)

    def prompts(self) -> Iterator[Prompt]:
        """The newest revision of each prompt, in the order in which they were raised."""
        newest = {prompt.prompt_id: prompt for prompt in self.revisions}
        yield from newest.values()
