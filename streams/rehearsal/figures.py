"""What a rehearsal would have asked of a hub, in numbers: of each team, of how many families, on whose word.

Every share names what it is a share of. None of them says whether a prompt was right: that only a worker can.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from models.calendar.local_time import date_of, local_day, to_moment
from models.hub.sequence import Sequence
from schemas.desk_events import Emptied
from schemas.hub import Hub
from schemas.identifiers import Day, FamilyId, Moment, PromptId, TeamId
from schemas.prompts import Prompt


class TeamFigures(Struct, frozen=True, kw_only=True):
    """What came to a team. ``opened`` counts prompts by the local day on which they first opened.

    ``above_budget`` are the days on which more opened than the budget has it: what bypasses it opens at any count.
    ``waited`` are prompts that ever waited above the budget, ``never_opened`` those of them that closed waiting.
    """

    team: TeamId
    daily_budget: int | None
    opened: int
    opened_a_day: float | None
    most_in_a_day: int
    busiest_day: date | None
    above_budget: int
    waited: int
    never_opened: int


class Figures(Struct, frozen=True, kw_only=True):
    """A rehearsal in numbers. Shares are None where there is nothing to be a share of.

    ``days`` are the local days from the first event accepted to the end, weekends included. ``families`` are those that
    hold facts at the end, or were prompted. A prompt counts for each rule that ever was among its reasons, and as of
    several agencies when a revision of it named facts of two or more.
    """

    first_day: date | None
    days: int
    teams: tuple[TeamFigures, ...]
    families: int
    families_prompted: int
    share_of_families_prompted: float | None
    prompts: int
    prompts_of_several_agencies: int
    share_of_prompts_of_several_agencies: float | None
    by_kind: dict[str, int]
    by_rule: dict[str, int]


def measure(sequence: Sequence, hub: Hub, began: Moment | None, ended: Moment) -> Figures:
    """The figures of a rehearsal whose first event came at ``began`` (None: none did) and that went on to ``ended``."""
    revisions = sequence.revisions
    last = max(began or ended, Moment(ended - 1))  # 24:00 ends a day, and begins none
    days = 0 if began is None else local_day(last) - local_day(began) + 1
    newest = {prompt.prompt_id: prompt for prompt in revisions}
    holding = {family for family, state in sequence.families.items() if state.strands}
    gone_to = {told.family: told.to for told in sequence.told_to_desk if isinstance(told, Emptied)}
    prompted = {_home_of(prompt.family, gone_to, holding) for prompt in newest.values()}
    agencies = _agencies(revisions)
    several = sum(len(named) > 1 for named in agencies.values())
    rules = {(p.prompt_id, reason.rule.id) for p in revisions for reason in p.reasons if reason.rule is not None}
    return Figures(
        first_day=None if began is None else date_of(local_day(began)),
        days=days,
        teams=tuple(_team(team.id, team.daily_budget, revisions, days) for team in hub.teams),
        families=len(holding | prompted),
        families_prompted=len(prompted),
        share_of_families_prompted=_share(len(prompted), len(holding | prompted)),
        prompts=len(newest),
        prompts_of_several_agencies=several,
        share_of_prompts_of_several_agencies=_share(several, len(newest)),
        by_kind=_counted(prompt.kind for prompt in newest.values()),
        by_rule=_counted(rule for _, rule in rules),
    )


def _team(team: TeamId, budget: int | None, revisions: Iterable[Prompt], days: int) -> TeamFigures:
    opened: dict[PromptId, Day] = {}
    waited: set[PromptId] = set()
    for prompt in revisions:
        if prompt.status == "open":
            if prompt.team == team:
                opened.setdefault(prompt.prompt_id, local_day(to_moment(prompt.updated_at)))
        elif prompt.status == "waiting" and prompt.team == team:
            waited.add(prompt.prompt_id)
    by_day = Counter(opened.values())
    busiest = min(by_day, key=lambda day: (-by_day[day], day), default=None)
    return TeamFigures(
        team=team,
        daily_budget=budget,
        opened=len(opened),
        opened_a_day=_share(len(opened), days),
        most_in_a_day=0 if busiest is None else by_day[busiest],
        busiest_day=None if busiest is None else date_of(busiest),
        above_budget=0 if budget is None else sum(count > budget for count in by_day.values()),
        waited=len(waited),
        never_opened=len(waited - opened.keys()),
    )


def _home_of(family: FamilyId, gone_to: Mapping[FamilyId, FamilyId], holding: set[FamilyId]) -> FamilyId:
    """The family that a prompt's family has become: one left without children counts as the one they went to."""
    seen = {family}
    while family not in holding and family in gone_to and gone_to[family] not in seen:
        family = gone_to[family]
        seen.add(family)
    return family


def _agencies(revisions: Iterable[Prompt]) -> dict[PromptId, set[str]]:
    """The most agencies that one revision of each prompt named."""
    most: dict[PromptId, set[str]] = {}
    for prompt in revisions:
        named = {fact.agency for reason in prompt.reasons for fact in reason.facts}
        if len(named) >= len(most.get(prompt.prompt_id, ())):
            most[prompt.prompt_id] = {str(agency) for agency in named}
    return most


def _counted(names: Iterable[str] | Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, names)).items()))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
