"""A family's story as features read it: what counts, by what it counts as, at a moment and never after it.

One pass over concerns and outcomes gives each a few words (``police``, ``missing``, ``enquiry``); a feature then only
looks up its word. Nothing is read of what happened, or was decided, after the moment, so what is told later of later
days changes no reading; what is told later of earlier days would, which is why a row keeps its features (LEARNING
section 5).

What may be read is in ``models.family.features.ALLOWED``. Not read, and the tests change each of them to see that
nothing moves: which child, how many, which school, which agency, other needs than abuse or neglect, assessment
factors, who closed what and why, prompts, receipts. A referral by the child or its own family is asking for help: it
raises nothing here (DOMAIN section 8, F35).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final, NamedTuple

from models.calendar.local_time import local_day
from models.calendar.retention import ends_a_plan, plan_of, starts_a_plan
from models.family.forms.missing import missing_of, who_was_missing
from models.family.outcomes import OutcomeSeen, outcomes_of
from models.family.tallies import Tally, tally
from models.family.view import Absence, Concern, View
from schemas.facts import Notification, Referral
from schemas.identifiers import ChildId, Day, Moment

RECENT_DAYS: Final = 28
USUAL_DAYS: Final = 84
"""What a child's missed sessions are compared with: the twelve weeks before the recent days."""
ENOUGH_RECENT: Final = 20
ENOUGH_BEFORE: Final = 40
"""Possible sessions below which nothing is said of attendance: as in the rules of EVENTS section 4."""
YEAR: Final = 365

OWN_SOURCES: Final = frozenset({"1A", "1C"})
"""CIN referral sources: a relative or carer, the child."""
MIDDLE: Final = 2
HIGHEST: Final = 3
"""Grades of a notification (``schemas.facts.Grade``)."""
ABUSE_OR_NEGLECT: Final = "N1"
NO_ACTION: Final = frozenset({"no-further-action", "information-and-advice"})
ASSESSED: Final = frozenset({"assessment", "strategy-discussion"})
NEED_FOUND: Final = frozenset({"child-in-need", "strategy-discussion"})

_NOTED: Final = {
    "domestic-abuse": "domestic-abuse",
    "neglect": "neglect",
    "physical-abuse": "abuse",
    "sexual-abuse": "abuse",
    "emotional-abuse": "abuse",
    "criminal-exploitation": "exploitation",
    "sexual-exploitation": "exploitation",
}
"""Of the police's concern codes those that are read; what is said of health or disability is not."""
_ENDED: Final = {
    "cp-plan": "protection-ended",
    "looked-after": "protection-ended",
    "cin-plan": "in-need-plan-ended",
    "early-help": "early-help-ended",
}


class Item(NamedTuple):
    """Something that counts, on a day. Of several with one ``unit`` one counts: siblings are not counted twice."""

    on: Day
    unit: object
    concerns: tuple[Concern, ...] = ()
    outcomes: tuple[OutcomeSeen, ...] = ()


class Attendance(NamedTuple):
    """A child's sessions of the recent days up to the moment, and of the usual days before these."""

    child: ChildId
    recent: Tally
    before: Tally

    @property
    def is_known(self) -> bool:
        """Whether enough of the recent days is known to say anything."""
        return self.recent.possible >= ENOUGH_RECENT

    @property
    def rise(self) -> float:
        """By how much the share missed without leave is above the child's own before; 0 where nobody can say."""
        if not self.is_known or self.before.possible < ENOUGH_BEFORE:
            return 0.0
        now = self.recent.unauthorised / self.recent.possible
        return max(0.0, now - self.before.unauthorised / self.before.possible)


class Reading:
    """What counts of a family at a moment, by what it counts as; concerns in order of time."""

    def __init__(self, view: View, at: Moment) -> None:
        self.view = view
        self.at = at
        self.today = local_day(at)
        self.items: dict[str, list[Item]] = {}
        self._read_concerns()
        self._read_outcomes()

    def within(self, word: str, days: int) -> list[Item]:
        """What counts as this, of the last so many days and today."""
        first = self.today - days
        return [item for item in self.items.get(word, ()) if item.on >= first]

    def absences(self, child: ChildId) -> list[Absence]:
        """The sessions that a child missed without leave in the recent days."""
        first = Day(self.today - RECENT_DAYS)
        return [absence for absence in self.view.absences(child, first, self.today) if absence.at <= self.at]

    @cached_property
    def attendance(self) -> tuple[Attendance, ...]:
        """Of each child of whom a school told anything."""
        recent, usual = Day(self.today - RECENT_DAYS), Day(self.today - RECENT_DAYS - USUAL_DAYS)
        found: list[Attendance] = []
        for child, strands in self.view.children.items():
            if any(strand.weeks or strand.settled for strand in strands.values()):
                before, since = tally(strands, usual, recent, self.at) or self._from_register(child, usual, recent)
                found.append(Attendance(child, since, before))
        return tuple(found)

    def _from_register(self, child: ChildId, usual: Day, recent: Day) -> tuple[Tally, Tally]:
        register = self.view.register(child, usual)
        before, since = register.count_days(usual, Day(recent - 1)), register.count_until(recent, self.at)
        return Tally(before.possible, before.unauthorised), Tally(since.possible, since.unauthorised)

    def _note(self, word: str, item: Item) -> None:
        self.items.setdefault(word, []).append(item)

    def _read_concerns(self) -> None:
        earlier: Concern | None = None
        for concern in self.view.concerns:
            if concern.at > self.at:
                return  # they are in order of time
            saying = concern.saying
            if isinstance(saying, Referral):
                if saying.source_code in OWN_SOURCES:
                    continue
                item = Item(concern.on, concern.on, (concern,))
                for word in _words_of_referral(saying, self.at):
                    self._note(word, item)
                if earlier is not None and earlier.on < concern.on and earlier.on >= self.today - YEAR:
                    self._note("referred-again", Item(concern.on, concern.on, (earlier, concern)))
                earlier = concern if earlier is None or earlier.on < concern.on else earlier
            else:
                item = Item(concern.on, (concern.agency, concern.occurrence), (concern,))
                for word in _words_of_notification(concern, saying):
                    self._note(word, item)
            self._note("concern", Item(concern.on, concern.on, (concern,)))
            self._note("place", Item(concern.on, concern.origin, (concern,)))

    def _read_outcomes(self) -> None:
        for child in self.view.children:
            told = [outcome for outcome in outcomes_of(self.view, child) if outcome.saying.on <= self.today]
            for outcome in told:
                self._read_outcome(outcome, told)

    def _read_outcome(self, outcome: OutcomeSeen, told: list[OutcomeSeen]) -> None:
        saying = outcome.saying
        item = Item(saying.on, saying.on, (), (outcome,))
        if saying.kind == "s47-started":
            self._note("enquiry", item)
        elif saying.kind == "assessment-completed" and saying.result in NEED_FOUND:
            self._note("need-found", item)
        elif saying.kind == "assessment-completed" and saying.result == "no-further-action":
            self._note("no-need-found", item)
        elif (plan := plan_of(saying)) is not None and starts_a_plan(saying):
            # on one day an end comes before a start, so only a later one closes it
            ends = [other for other in told if other.saying.on > saying.on and ends_a_plan(other.saying, plan)]
            if ends:
                end = min(ends, key=lambda other: (other.saying.on, other.key))
                self._note(_ENDED[plan], Item(end.saying.on, end.saying.on, (), (end,)))
            elif plan == "early-help":
                self._note("early-help-open", item)


def _words_of_referral(referral: Referral, at: Moment) -> Iterator[str]:
    yield "referral"
    if referral.primary_need == ABUSE_OR_NEGLECT:
        yield "referred-for-abuse-or-neglect"
    if referral.decided_at is not None and referral.decided_at <= at:
        if referral.outcome in NO_ACTION:
            yield "referral-without-action"
        elif referral.outcome in ASSESSED:
            yield "referral-assessed"


def _words_of_notification(concern: Concern, notification: Notification) -> Iterator[str]:
    yield "police"
    if notification.grade is not None and notification.grade >= MIDDLE:
        yield "police-middle-or-highest"
        if notification.grade >= HIGHEST:
            yield "police-highest"
    yield from dict.fromkeys(_NOTED[code] for code in notification.concerns if code in _NOTED)
    if any(about.part is not None and about.part.present for about in concern.about):
        yield "child-there"
    if missing_of(concern, "M") is not None and who_was_missing(concern):
        yield "missing"
