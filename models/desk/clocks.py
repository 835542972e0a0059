"""What time alone does at a desk, each thing at its own moment.

Before an event is applied, everything due up to and including its moment happens, in order of due time; at one moment
prompts close first, then snoozed ones come back, then waiting ones open, and only then is the event told. So it makes
no difference how often the desk is told the time.
"""

from __future__ import annotations

from msgspec.structs import replace

from models.calendar.local_time import local_day, midnight
from models.desk.budget import admit
from models.desk.forgetting import forget
from models.desk.policy import DeskPolicy
from models.desk.revising import DeskTransition, close, come_back, revise
from models.desk.state import CLOSES, WAKES, DeskState
from schemas.identifiers import Day, Moment, PromptId

_OPENS = WAKES + 1

CLOSED_WHEN_DUE = "Closed at its due time."
CAME_BACK = "Came back after a snooze."


def let_time_pass(so_far: DeskTransition, at: Moment, policy: DeskPolicy) -> DeskTransition:
    """Let happen all that is due up to and including ``at``. A moment in the desk's past changes no clock."""
    yesterday, until = so_far.desk.day, max(at, so_far.desk.clock)
    while (due := _next_due(so_far.desk)) is not None and due[0] <= until:
        moment, what, prompt = due
        so_far = replace(so_far, desk=replace(so_far.desk, clock=max(so_far.desk.clock, moment)))
        so_far = _open_waiting(so_far, policy) if prompt is None else _happen(so_far, what, prompt, policy)
    desk, today = so_far.desk, local_day(until)
    if desk.clock != until or desk.day != today:
        desk = replace(desk, clock=until, day=today)
    if today != yesterday:
        desk = forget(desk, policy)
    return replace(so_far, desk=desk)


def wake_at(desk: DeskState) -> Moment | None:
    """The next moment at which time alone may change a prompt; None if there is none. Always later than the clock."""
    due = _next_due(desk)
    return None if due is None else due[0]


def _next_due(desk: DeskState) -> tuple[Moment, int, PromptId | None] | None:
    """What time will do next: to one prompt, or (None) to those that wait."""
    first = desk.agenda[0] if desk.agenda else None
    if not desk.queues:
        return first
    renewal = midnight(Day(desk.day + 1))
    return first if first is not None and first[0] <= renewal else (renewal, _OPENS, None)


def _happen(so_far: DeskTransition, what: int, prompt: PromptId, policy: DeskPolicy) -> DeskTransition:
    held = so_far.desk.live.get(prompt)
    if held is None:
        raise AssertionError("the agenda names a prompt that is not on the desk")
    if what == CLOSES:
        return revise(so_far, held, close(held, CLOSED_WHEN_DUE), policy)
    desk, back = admit(so_far.desk, come_back(held, CAME_BACK), policy)
    return revise(replace(so_far, desk=desk), held, back, policy)


def _open_waiting(so_far: DeskTransition, policy: DeskPolicy) -> DeskTransition:
    """Open those that wait, oldest first, as far as each team's new day has room, if the team works on it."""
    today = local_day(so_far.desk.clock)
    so_far = replace(so_far, desk=replace(so_far.desk, day=today))
    for team, queue in so_far.desk.queues:
        if not policy.is_on_duty(team, today):
            continue
        for _, prompt in queue:
            waiting = so_far.desk.live.get(prompt)
            if waiting is None:
                raise AssertionError("a queue names a prompt that is not on the desk")
            desk, admitted = admit(so_far.desk, waiting, policy)
            if admitted.status == "waiting":
                break
            so_far = revise(replace(so_far, desk=desk), waiting, admitted, policy)
    return so_far
