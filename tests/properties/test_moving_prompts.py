"""Whatever links, corrections and retractions come while prompts are open: a prompt names what is so, in its family.

Each history is made from a seed: notices and referrals of one week under several names of three children, and links
that come and go in the hours in which the prompts about them are open. After each event every prompt that is not closed
is held against a slow reading of all that was told (``slow_facts``).
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import settings

from schemas.prompts import Prompt
from streams.hub import BUILT_IN_HUB
from streams.intake.pseudonyms import PUBLISHED_KEY
from streams.rehearsal import Rehearsal
from tests.properties.beside_the_letter import PACK, difference, id_of
from tests.properties.slow_facts import Known
from tests.properties.slow_story import Story
from tests.properties.wire_histories import Event, Maker, change_of_mind, line_of

AGENCIES = ("council", "police", "school")
SEEDS = range(settings().max_examples // 4)


def history(dice: Random) -> list[Event]:
    """Some prompts, and links while they are open."""
    maker = Maker(dice, "abc", is_national=False)
    start = maker.occurred(0)
    for _ in range(dice.randint(0, 4)):
        _link(maker, start - timedelta(days=dice.choice((1, 5, 100))))
    for _ in range(dice.randint(3, 9)):
        moment = start - timedelta(days=dice.choice((0, 0, 1, 2, 5, 30)), hours=dice.choice((0, 1, 2, 5)))
        if dice.random() < 0.75:
            _notice(maker, moment, dice.choice(("green", "green", "green", "amber", "red")))
        else:
            maker.referral(moment)
    for _ in range(dice.randint(1, 7)):
        _link(maker, start + timedelta(hours=dice.choice((1, 2, 3, 5, 8, 20, 30, 31, 44))))
    for _ in range(dice.randint(0, 2)):
        _notice(maker, start + timedelta(hours=dice.choice((1, 2, 4, 9, 21))), "green")
    for event in dice.sample(maker.events, min(len(maker.events), dice.randint(0, 4))):
        time = start + timedelta(hours=dice.choice((1, 3, 6, 12, 22, 32)))
        change_of_mind(dice, _again(maker, event, time), maker)
    return sorted(maker.events, key=lambda event: datetime.fromisoformat(event["time"]))


def _notice(maker: Maker, moment: datetime, grade: str) -> None:
    told = maker.notification(moment, grade=grade, notice_type=maker.dice.choice(("PPN", "PPN", "MISSING")))
    told["time"] = moment.isoformat()


def _again(maker: Maker, event: Event, time: datetime) -> Event:
    later: dict[str, Any] = {**deepcopy(event), "id": f"e{len(maker.events)}", "time": time.isoformat()}
    maker.events.append(later)
    return later


def _link(maker: Maker, time: datetime) -> None:
    dice = maker.dice
    before = [event for event in maker.events if event["type"].endswith("family-link.v1")]
    kind = dice.random()
    if kind < 0.2 and before:
        _again(maker, dice.choice(before), time)["data"]["action"] = "retract"
    elif kind < 0.6:
        several = dice.choice(("a", "b", "c", "ab", "ac"))
        names = {(several[n % len(several)], agency) for n, agency in enumerate(dice.sample(AGENCIES, 3))}
        maker.same_child(time, *sorted(names))
    else:
        maker.link(time, maker.child(), dice.choice(("F1", "F1", "F2", "F3")), dice.choice(AGENCIES))


def _facts_of(known: Known, family: str) -> Iterator[str]:
    for fact in known.facts:
        yield from (id_of(fact, child) for child in known.named_in(fact, family))


def _said(prompt: Prompt) -> dict[str, object]:
    return {reason.id: (reason.text, reason.facts) for reason in prompt.reasons}


@pytest.mark.parametrize("seed", SEEDS)
def test_an_open_prompt_names_what_is_so_in_its_family(seed: int) -> None:
    slowly, ours = Story(), Rehearsal(BUILT_IN_HUB, PACK, PUBLISHED_KEY)
    first: dict[str, object] = {}
    for event in history(Random(seed)):
        slowly.tell(event)
        ours.read_line(line_of(event))
        newest = {prompt.prompt_id: prompt for prompt in ours.sequence.revisions}
        live = [prompt for prompt in newest.values() if prompt.status != "closed"]
        assert len({(prompt.family, prompt.kind) for prompt in live}) == len(live)
        for prompt in live:
            named = {fact.fact for reason in prompt.reasons for fact in reason.facts}
            assert named <= set(_facts_of(slowly.known, prompt.family)), f"seed {seed}, {event['id']}"
            first = {**_said(prompt), **first}
            as_raised = {reason: first[reason] for reason in _said(prompt)}
            assert prompt.basis_changed or as_raised == _said(prompt), f"seed {seed}, {event['id']}"


@pytest.mark.parametrize("seed", SEEDS)
def test_links_raise_what_the_contract_says(seed: int) -> None:
    assert difference(history(Random(seed))) == []
