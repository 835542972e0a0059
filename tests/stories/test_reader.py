"""The reader refuses what it does not understand, and no story passes by saying too little or something else."""

from __future__ import annotations

import pytest

from tests.stories.pages import StoryError
from tests.stories.reading import Story, read_chapter
from tests.stories.told import compare

GOOD = """# Three notices

A page for the tests of the reader.

## Three notices ask for a look.

> A remark.

The team may open 2 prompts a day.

| received | who | says | about |
|---|---|---|---|
| 8 Sep 2025 08:00 | council | in family F1 | A |
| Mon 8 Sep 2025 22:10 | police | notice N1, green, neglect | A |
| 9 Sep 2025 22:10 | police | notice N2, green, happened 9 Sep 2025 21:00 | A |
| 9 Sep 2025 22:15 | police | the same again | A |
| 10 Sep 2025 22:10 | police | notice N3, green | A |
| 11 Sep 2025 16:00 | school | absent without leave, 9 Sep 2025 to 10 Sep 2025, mornings | A |
| 11 Sep 2025 17:00 | council | referral R1, from a school, assessment | A |
| 11 Sep 2025 17:00 | worker | snoozes, until 12 Sep 2025 09:00 | P1 |

Until 11 Sep 2025 24:00:

| when | prompt | is | because | naming |
|---|---|---|---|---|
| 10 Sep 2025 22:10 | P1, review of F1 | open | three-low-grade-notifications | N1, N2, N3 |
| 11 Sep 2025 17:00 | P1, review of F1 | snoozed | three-low-grade-notifications | N1, N2, N3 |

- P1 asks: Has anyone looked at these police notifications together?
- Line 4 is a duplicate.
"""


def read(text: str) -> Story:
    (story,) = read_chapter(text, "good").stories
    return story


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_a_good_page_is_read_and_comes_to_what_it_says() -> None:
    assert compare(read(GOOD)) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("# Three notices\n", "Three notices\n", 1, "begins with '# '"),
        ("A page for the tests of the reader.\n", "", 29, "what it is about"),
        ("ask for a look.", "ask for a look", 5, "full stop"),
        ("| received | who |", "| came | who |", 11, "received | who"),
        ("8 Sep 2025 08:00 | council", "8 Sept 2025 08:00 | council", 13, "is no time"),
        ("8 Sep 2025 08:00 | council", "31 Sep 2025 08:00 | council", 13, "no day of the calendar"),
        ("8 Sep 2025 08:00 | council", "8 Sep 2025 25:00 | council", 13, "no time of the clock"),
        ("8 Sep 2025 08:00 | council", "9 Sep 2025 08:00 | council", 14, "order of receipt"),
        ("Mon 8 Sep", "Tue 8 Sep", 14, "is a Mon"),
        ("council | in family F1", "vicar | in family F1", 13, "nobody is called 'vicar'"),
        ("council | in family F1", "council | in family Smith", 13, "cannot say"),
        ("council | in family F1", "police | in family F1", 13, "the police cannot say"),
        ("in family F1 | A", "in family F1 | Anna", 13, "is no child"),
        ("in family F1 | A", "in family F1, soon | A", 13, "'soon' is not understood"),
        ("green, neglect", "greenish, neglect", 14, "'greenish' is not understood"),
        ("green, neglect", "green, amber", 14, "both 'green' and 'amber'"),
        ("green, neglect", "green, green", 14, "said twice"),
        ("happened 9 Sep 2025 21:00", "happened yesterday", 15, "'yesterday' is no time"),
        ("happened 9 Sep 2025 21:00", "written 9 Sep 2025 23:00", 15, "written after it was received"),
        ("absent without leave, 9", "truant, 9", 18, "the school cannot say 'truant'"),
        ("absent without leave, 9", "code J9, 9", 18, "no code of the register"),
        ("10 Sep 2025, mornings", "8 Sep 2025, mornings", 18, "ends before it begins"),
        (", mornings", ", at noon", 18, "'at noon' is none of"),
        ("referral R1, from a school", "referral R1, from a friend", 19, "a referral is from one of"),
        ("snoozes, until 12 Sep 2025 09:00 | P1", "sleeps | P1", 20, "the worker cannot say"),
        ("snoozes, until 12 Sep 2025 09:00 | P1", "snoozes | A", 20, "something with a prompt"),
        ("| the same again | A |", "| the same again |", 16, "3 cells, not 4"),
        ("Until 11 Sep 2025 24:00:", "In the end:", 22, "after the table comes"),
        ("Until 11 Sep 2025 24:00:", "Until 10 Sep 2025 24:00:", 22, "before the last row"),
        ("Until 11 Sep 2025 24:00:", "Until 11 Sep 2025 24:00: nothing.", 24, "is not understood"),
        ("| 10 Sep 2025 22:10 | P1, review of F1 |", "| 10 Sep 2025 22:10 | a prompt |", 26, "is no prompt"),
        ("F1 | open |", "F1 | red |", 26, "'red' is none of"),
        ("F1 | open | three-low-grade-notifications | N1, N2", "F1 | open | three | this, N2", 26, "names no fact"),
        ("F1 | open | three-low-grade-notifications | N1, N2", "F1 | open | three | N2, N2", 26, "named twice"),
        ("- P1 asks", "- P2 asks", 29, "no prompt P2"),
        ("- P1 asks", "- P1 wonders", 29, "is not understood"),
        ("- Line 4 is", "- Line 9 is", 30, "is not understood"),
        ("is a duplicate", "is funny", 30, "is not understood"),
    ],
)
def test_nonsense_is_refused_with_its_place(old: str, new: str, line: int, said: str) -> None:
    with pytest.raises(StoryError) as refusal:
        read(changed(old, new))
    assert said in str(refusal.value)
    assert str(refusal.value).startswith(f"good.md:{line}: ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10 Sep 2025 22:10 | P1", "10 Sep 2025 22:11 | P1"),
        ("10 Sep 2025 22:10 | P1, review of F1", "10 Sep 2025 22:10 | P1, review of F2"),
        ("10 Sep 2025 22:10 | P1, review of F1", "10 Sep 2025 22:10 | P1, step-down of F1"),
        ("F1 | open | three-low-grade-notifications", "F1 | open, basis changed | three-low-grade-notifications"),
        ("F1 | open | three-low-grade-notifications", "F1 | open | repeat-missing"),
        (
            "F1 | open | three-low-grade-notifications | N1, N2, N3 |",
            "F1 | open | three-low-grade-notifications | N1 |",
        ),
        ("F1 | open | three-low-grade-notifications | N1, N2, N3 |", "F1 | open | | |"),
        ("F1 | snoozed |", "F1 | closed |"),
        (
            "\n| 11 Sep 2025 17:00 | P1, review of F1 | snoozed | three-low-grade-notifications | N1, N2, N3 |",
            "",
        ),
        ("these police notifications together?", "them?"),
        ("- Line 4 is a duplicate.\n", ""),
        ("- Line 4 is a duplicate.", "- Line 4 is set aside: SCHEMA."),
        ("notice N3, green", "notice N3, amber"),
        ("the same again", "notice N4, green"),
    ],
)
def test_a_story_that_says_something_else_does_not_pass(old: str, new: str) -> None:
    assert compare(read(changed(old, new))) != []


def test_a_story_does_not_pass_by_saying_nothing() -> None:
    silent = GOOD[: GOOD.index("24:00:\n")] + "24:00: nothing.\n\n- Line 4 is a duplicate.\n"
    assert compare(read(silent)) != []


def test_a_story_that_expects_a_prompt_where_none_comes_does_not_pass() -> None:
    assert compare(read(changed("notice N1, green, neglect", "notice N1, amber"))) != []


def test_two_stories_of_one_title_are_refused() -> None:
    with pytest.raises(StoryError, match="two stories"):
        read_chapter(GOOD + GOOD[GOOD.index("## ") :], "good")
