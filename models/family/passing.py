"""What time alone does to a story, each thing at its own moment: facts leave, what was expected is missing, labels
are final.

Before an event is applied, time passes up to and including its receipt. So it makes no difference how often a family is
told the time, and a limit is judged by what was known at it.
"""

from __future__ import annotations

from msgspec.structs import replace

from models.calendar.local_time import local_day, midnight
from models.family.considering import Considered, ForDesk, bound_of, consider_time
from models.family.episodes import close_rows, matures_at
from models.family.expecting import next_limit
from models.family.forms.concern_fallen import next_day
from models.family.recent import newest_of
from models.family.remembering import forget
from models.family.rules import RulePack
from models.family.state import NEVER, NO_LOOK, FamilyState
from models.family.view import View, told_of
from models.family.vocabulary import ConcernFallen
from schemas.examples import Matured
from schemas.identifiers import Moment


def wake_at(state: FamilyState) -> Moment | None:
    """The next moment at which time alone may change this story or make a rule hold; None if there is none."""
    wake = state.next_look if state.next_expiry == NEVER else min(state.next_look, midnight(state.next_expiry))
    if state.rows:
        wake = min(wake, matures_at(state.rows[0]))
    return None if wake == NO_LOOK else wake


def pass_time(state: FamilyState, at: Moment, pack: RulePack) -> Considered:
    """The story after nothing but time passed, up to and including ``at``, and what others are told of it."""
    told: tuple[ForDesk, ...] = ()
    examples: tuple[Matured, ...] = ()
    while (due := wake_at(state)) is not None and due <= at:
        since = state.clock
        state, matured = close_rows(forget(replace(state, clock=max(since, due))))
        examples += matured
        if state.next_look <= due:
            considered = consider_time(state, pack, since)
            state = plan_next_look(considered.state, pack)
            told += considered.for_desk
    return Considered(state, told, examples)


def plan_next_look(state: FamilyState, pack: RulePack, *, only_school: bool = False) -> FamilyState:
    """The story with the next moment worked out at which time alone may make a rule hold.

    ``only_school`` says that nothing but marks changed since it was last worked out.
    """
    newest = newest_of(state)
    if only_school and not (newest.plans and _is_quiet(state, pack)):
        return state
    looks: list[Moment] = []
    if newest.awaits or newest.plans:
        view = View(state)
        limit = next_limit(view, pack)
        looks += [] if limit is None else [limit]
        for rule in pack.rule:
            if newest.plans and isinstance(rule.when, ConcernFallen):
                day = next_day(view, rule.when, bound_of(state, rule))
                looks += [] if day is None else [midnight(day)]
    planned = min(looks, default=NO_LOOK)
    return state if planned == state.next_look else replace(state, next_look=planned)


def _is_quiet(state: FamilyState, pack: RulePack) -> bool:
    """Marks matter to the next look only on the last of so many days without a concern, and after it."""
    quiet_days = min((rule.when.quiet_days for rule in pack.rule if isinstance(rule.when, ConcernFallen)), default=0)
    concerns = told_of(state).concerns
    return not concerns or concerns[-1].on <= local_day(state.clock) - quiet_days
