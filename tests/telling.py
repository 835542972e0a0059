"""A hub told statements one after another, and what the desk was told: shared by unit and property tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from pathlib import Path

from msgspec.structs import replace

from models.desk.policy import DeskPolicy
from models.family.judge import SILENT
from models.family.remembering import forget
from models.family.rules import RulePack, parse_pack
from models.family.state import FamilyState, canonical
from models.hub.sequence import Sequence
from schemas.desk_events import Raised, Restated
from schemas.hub import Team
from schemas.identifiers import Day, Moment, TeamId
from schemas.statements import Statement
from tests.saying import moment

DEFAULT_PACK: RulePack = parse_pack(Path("models/rules/default.toml").read_text(encoding="utf-8"))
TEAM = Team(id=TeamId("front-door"), daily_budget=None, hours=((time(8), time(17)),) * 5 + (None, None))


def hub(pack: RulePack = DEFAULT_PACK, *, closes_at_due: bool = True) -> Sequence:
    """A hub with one team and no budget."""
    policy = DeskPolicy(teams=(TEAM,), open_case_team=TEAM.id, closes_at_due=closes_at_due)
    return Sequence(policy, pack, SILENT)


def tell(*statements: Statement) -> Sequence:
    """A hub that was told these statements in this order."""
    told = hub()
    for statement in statements:
        told.hear(statement)
    return told


def raises(told: Sequence) -> list[tuple[str, int]]:
    """What was raised: rule id and number of facts named."""
    return [
        (event.reason.rule.id, len(event.reason.facts))
        for event in told.told_to_desk
        if isinstance(event, Raised) and event.reason.rule is not None
    ]


def restated(told: Sequence) -> list[Restated]:
    """What was told anew of reasons raised before."""
    return [event for event in told.told_to_desk if isinstance(event, Restated)]


SETTLED_BY = moment(100)
"""When the weeks that tests tell of are settled, and nothing of them is too old: stories are compared as of then."""


def stories(families: Iterable[FamilyState]) -> dict[str, bytes]:
    """The stories by family, as canonical bytes, without the clock and what was raised: facts only."""
    return {family.family: canonical(_facts_alone(family)) for family in families if family.strands}


def _facts_alone(family: FamilyState) -> FamilyState:
    settled = forget(replace(family, clock=max(family.clock, SETTLED_BY), next_expiry=Day(0)))
    strands = {identifier: replace(strand, bounds={}, links=0) for identifier, strand in settled.strands.items()}
    return replace(settled, clock=Moment(0), watched=(), rows=(), addresses={}, strands=strands, next_expiry=Day(0))
