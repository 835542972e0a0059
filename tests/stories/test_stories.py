"""Every story comes to what it says: each prompt, when, for which rule, naming which facts, and no other."""

from __future__ import annotations

import pytest

from tests.stories.reading import Story, read_chapters
from tests.stories.rendering import README, put_into, render
from tests.stories.told import compare
from tests.telling import DEFAULT_PACK

CHAPTERS = read_chapters()
STORIES = {f"{chapter.name}: {story.title}": story for chapter in CHAPTERS for story in chapter.stories}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_a_story_comes_to_what_it_says(story: Story) -> None:
    differs = compare(story)
    assert not differs, "\n".join([story.place, *differs])


def test_every_rule_of_the_pack_has_its_stories() -> None:
    told = {chapter.name.removeprefix("rules/") for chapter in CHAPTERS if chapter.name.startswith("rules/")}
    assert told == {str(rule.id) for rule in DEFAULT_PACK.rule}


def test_practitioners_read_the_stories_as_they_are_told() -> None:
    page = README.read_text(encoding="utf-8")
    assert page == put_into(page, render(CHAPTERS)), "run `python -m tests.stories.rendering`"
