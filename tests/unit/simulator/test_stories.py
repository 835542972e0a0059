"""Each story keeps the contract and comes to what it says, at the hub of the town and at the built-in one."""

from __future__ import annotations

import pytest

from schemas.hub import Hub
from streams.hub import BUILT_IN_HUB, parse_hub
from streams.simulator.stories import STORIES, Story, story
from streams.simulator.town import DEMO
from tests.unit.simulator.reading import RULES, rehearse_story

HUBS = {"town": parse_hub(DEMO.hub()), "built in": BUILT_IN_HUB}


@pytest.mark.parametrize("hub", HUBS.values(), ids=HUBS)
@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.name)
def test_a_story_is_accepted_and_raises_what_it_says(told: Story, hub: Hub) -> None:
    rehearsed = rehearse_story(told, hub)
    assert rehearsed.balance().set_aside == {}
    since = {
        reason.id: (reason.since, str(reason.rule.id))
        for prompt in rehearsed.sequence.revisions
        for reason in prompt.reasons
        if reason.rule is not None
    }
    raised = [rule for _, rule in sorted(since.values())]
    # The pack grows towards EVENTS section 4: what a story expects of a rule begins to count when the rule is there.
    expected = [rule for rule in told.raises if rule in RULES]
    assert raised == expected
    changed = any(prompt.basis_changed for prompt in rehearsed.sequence.revisions)
    assert changed == (told.basis_changed and bool(expected))


def test_stories_are_found_by_their_names_and_no_two_have_one() -> None:
    assert len({told.name for told in STORIES}) == len(STORIES)
    assert story("late").name == "late"


def test_every_rule_of_the_pack_has_a_story_that_raises_it_and_there_are_stories_that_raise_none() -> None:
    assert {rule for told in STORIES for rule in told.raises} >= RULES
    assert sum(not told.raises for told in STORIES) >= 8
