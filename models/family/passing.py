"""What time alone does to a story, each thing at its own moment: facts leave, and what was expected is missing.

Before an event is applied, time passes up to and including its receipt. So it makes no difference how often a family is
told the time, and a limit is judged by what was known at it.
"""

from __future__ import annotations

from msgspec.structs import replace

from models.calendar.local_time import midnight
from models.family.considering import Considered, ForDesk, consider_time
from models.family.expecting import next_limit
from models.family.remembering import forget
from models.family.rules import RulePack
from models.family.state import NEVER, NO_LOOK, FamilyState
from models.family.view import View
from schemas.facts import Notification, Referral
from schemas.identifiers import Moment


def wake_at(state: FamilyState) -> Moment | None:
    """The next moment at which time alone may change this story or make a rule hold; None if there is none."""
    wake = state.next_look if state.next_expiry == NEVER else min(state.next_look, midnight(state.next_expiry))
    return None if wake == NO_LOOK else wake


def pass_time(state: FamilyState, at: Moment, pack: RulePack) -> Considered:
    """The story after nothing but time passed, up to and including ``at``, and what the desk is told of it."""
    told: tuple[ForDesk, ...] = ()
    while (due := wake_at(state)) is not None and due <= at:
        since = state.clock
        state = forget(replace(state, clock=max(since, due)))
        if state.next_look <= due:
            considered = consider_time(state, pack, since)
            state = plan_next_look(considered.state, pack)
            told += considered.for_desk
    return Considered(state, told)


def plan_next_look(state: FamilyState, pack: RulePack, *, only_school: bool = False) -> FamilyState:
    """The story with the next moment worked out at which time alone may make a rule hold.

    ``only_school`` says that nothing but marks changed since it was last worked out.
    """
    if only_school:
        return state
    look = next_limit(View(state), pack) if _awaits_something(state) else None
    planned = NO_LOOK if look is None else look
    return state if planned == state.next_look else replace(state, next_look=planned)


def _awaits_something(state: FamilyState) -> bool:
    """A cheap look: whether anything is known on which something could be expected."""
    for strand in state.strands.values():
        for known in strand.facts.values():
            saying = known.saying
            if isinstance(saying, Referral) and saying.outcome is None and saying.closed_on is None:
                return True
            if isinstance(saying, Notification) and saying.notice_type == "PPN":
                return True
    return False
