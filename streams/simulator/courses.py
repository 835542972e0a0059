"""What becomes of each contact: decision, assessment, enquiries, conference, plan, in the published shares.

The shares are met over the whole town by rank: of all contacts those with the greatest score go furthest, and a score
is the logarithm of the family's trouble on that day plus chance. So outcomes can be learned from what was known
before, but never be foretold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from random import Random
from typing import Final, Literal

from streams.simulator.contacts import Contact
from streams.simulator.numbers import (
    ADVICE,
    CONFERENCE,
    EARLY_HELP,
    LOOKED_AFTER,
    NO_FURTHER_ACTION,
    NOT_IN_NEED,
    PLAN_OF_CONFERENCES,
    SECTION_47,
)

Decision = Literal["no-further-action", "information-and-advice", "early-help", "assessment", "strategy-discussion"]

_CHANCE: Final = 0.9  # standard deviation of chance, where that of the logarithm of trouble is about 1: ours
_LITTLE_KNOWN: Final = 6.0  # the same where nobody has looked yet, so that some closed at once come back: ours
_ENQUIRED_BUT_NOT_IN_NEED: Final = 0.15  # of enquiries without conference: ours
_AT_ONCE: Final = 0.45  # of enquiries that the decision itself asks for: ours
_EARLY_HELP_AFTER_ASSESSMENT: Final = 0.35  # of those assessed and not in need: ours


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How far a contact goes. Without assessment everything after the decision is False."""

    contact: Contact
    decision: Decision
    in_need: bool = False
    early_help: bool = False
    enquiries: bool = False
    conference: bool = False
    plan: bool = False
    looked_after: bool = False

    @property
    def assessed(self) -> bool:
        """Whether an assessment was made."""
        return self.decision in ("assessment", "strategy-discussion")


def choose_courses(rng: Random, contacts: tuple[Contact, ...]) -> tuple[Course, ...]:
    """A course for each contact, in the same order."""
    town = _Shares(rng, contacts)
    enquiries = town.most(contacts, SECTION_47)
    conference = town.most(enquiries, CONFERENCE)
    plan = town.most(conference, CONFERENCE * PLAN_OF_CONFERENCES)
    looked_after = town.most(plan, LOOKED_AFTER)
    others = [contact for contact in contacts if contact not in enquiries]
    nothing = town.least(others, NO_FURTHER_ACTION, _LITTLE_KNOWN)
    advice = town.least((contact for contact in others if contact not in nothing), ADVICE, _LITTLE_KNOWN)
    closed_at_once = nothing | advice
    early_help = town.least((contact for contact in others if contact not in closed_at_once), EARLY_HELP)
    enquired_only = [contact for contact in enquiries if contact not in conference]
    not_in_need = town.least(enquired_only, (SECTION_47 - CONFERENCE) * _ENQUIRED_BUT_NOT_IN_NEED)
    unassessed = closed_at_once | early_help
    assessed_only = (contact for contact in others if contact not in unassessed)
    not_in_need |= town.least(assessed_only, NOT_IN_NEED - (SECTION_47 - CONFERENCE) * _ENQUIRED_BUT_NOT_IN_NEED)
    undone = unassessed | not_in_need
    helped = town.most(not_in_need, NOT_IN_NEED * _EARLY_HELP_AFTER_ASSESSMENT)
    at_once = town.most(enquiries, SECTION_47 * _AT_ONCE)

    def decision(contact: Contact) -> Decision:
        if contact in nothing:
            return "no-further-action"
        if contact in advice:
            return "information-and-advice"
        if contact in early_help:
            return "early-help"
        return "strategy-discussion" if contact in at_once else "assessment"

    def course(contact: Contact) -> Course:
        return Course(
            contact,
            decision(contact),
            in_need=contact not in undone,
            early_help=contact in early_help or contact in helped,
            enquiries=contact in enquiries,
            conference=contact in conference,
            plan=contact in plan,
            looked_after=contact in looked_after,
        )

    return tuple(course(contact) for contact in contacts)


class _Shares:
    """Takes the top or the bottom of some contacts until a share of *all referrals* is reached.

    A referral is of one child, so a contact counts as many times as it names children.
    """

    def __init__(self, rng: Random, contacts: tuple[Contact, ...]) -> None:
        self._rng = rng
        self._referrals = sum(len(contact.children) for contact in contacts)

    def most(self, contacts: Iterable[Contact], share: float) -> set[Contact]:
        """Those with the greatest scores."""
        return self._take(contacts, share, -1, _CHANCE)

    def least(self, contacts: Iterable[Contact], share: float, chance: float = _CHANCE) -> set[Contact]:
        """Those with the least scores."""
        return self._take(contacts, share, 1, chance)

    def _take(self, contacts: Iterable[Contact], share: float, sign: int, chance: float) -> set[Contact]:
        by_time = sorted(contacts, key=lambda contact: (contact.referred_at, contact.family.number))
        scores = [log(contact.family.trouble.at(contact.day)) + self._rng.gauss(0, chance) for contact in by_time]
        taken: set[Contact] = set()
        room = share * self._referrals
        for place in sorted(range(len(by_time)), key=lambda place: (sign * scores[place], place)):
            size = len(by_time[place].children)
            if size / 2 <= room:
                taken.add(by_time[place])
                room -= size
            if room <= 0:
                break
        return taken
