"""The daily budget of a team: how many prompts a day may take up of its attention.

The rules, in full:

* A team's budget counts the prompts that *opened* for it on a local day, 00:00 to 24:00, whatever day of the week it
  is: a hub can count along by hand. No budget: everything opens.
* Above it a prompt waits, visibly. The waiting ones open at 00:00 local of a day on which the team works, when that
  day's budget is new, oldest first (``raised_at``, then ``prompt_id``), before anything raised at that moment: else a
  weekend would open three days' prompts for Monday. Nobody overtakes: while one waits, a new prompt waits behind it.
* What bypasses the budget opens at once, at any count, also where its prompt was waiting; it counts, for it takes the
  attention that the budget protects.
* A place is used once. A prompt that comes back from a snooze, or is reopened, needs no second one, and closing a
  prompt frees none. A worker who takes up a waiting prompt opens it outside the budget: that is her own choice.
"""

from __future__ import annotations

from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.desk.policy import DeskPolicy
from models.desk.state import DeskState, HeldPrompt, Opened, queue_of
from schemas.identifiers import TeamId


def admit(
    desk: DeskState, held: HeldPrompt, policy: DeskPolicy, *, bypasses: bool = False
) -> tuple[DeskState, HeldPrompt]:
    """The prompt open or waiting, as the budget has it, and the desk with its place counted. The prompt is not kept."""
    if held.was_opened:
        return desk, replace(held, status="open")
    queue = queue_of(desk, held.team)
    comes_first = not queue or queue[0][1] == held.id
    if bypasses or (comes_first and has_room(desk, held.team, policy)) or policy.budget_of(held.team) is None:
        return _count_opening(desk, held.team), replace(held, status="open", was_opened=True)
    return desk, replace(held, status="waiting")


def has_room(desk: DeskState, team: TeamId, policy: DeskPolicy) -> bool:
    """Whether one more prompt may open for this team today."""
    budget = policy.budget_of(team)
    return budget is None or opened_today(desk, team) < budget


def opened_today(desk: DeskState, team: TeamId) -> int:
    """How many prompts opened for this team on the local day of the desk's clock, bypassing ones included."""
    today = local_day(desk.clock)
    return next((one.count for one in desk.opened if one.team == team and one.day == today), 0)


def _count_opening(desk: DeskState, team: TeamId) -> DeskState:
    one_more = Opened(team, local_day(desk.clock), opened_today(desk, team) + 1)
    others = tuple(one for one in desk.opened if one.team != team)
    return replace(desk, opened=tuple(sorted((*others, one_more), key=lambda one: one.team)))
