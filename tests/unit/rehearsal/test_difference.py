"""What another rule pack would have changed, over the same events."""

from __future__ import annotations

from streams.rehearsal import Difference, compare
from tests.unit.rehearsal.telling import SAYS, a_pack, rehearsed

TOWN = """
+0  Mon 08:00  link    child=A family=F1
+0      08:05  link    child=B family=F2
+1      10:00  police  ref=N1 child=A grade=green
+2      10:00  police  ref=M1 child=B grade=green
+10     10:00  police  ref=N2 child=A grade=green
+20     10:00  police  ref=N3 child=A grade=green
+30     10:00  police  ref=M2 child=B grade=green
"""


def difference(first: object, second: object, table: str = TOWN) -> Difference:
    one, other = (rehearsed(table, pack, until=40).sequence.revisions for pack in (first, second))  # type: ignore[arg-type]
    return compare(one, other)


def test_a_pack_differs_in_nothing_from_itself() -> None:
    told = difference(a_pack(2), a_pack(2, name="copy"))
    assert told.is_none
    assert told.same == 3


def test_a_rule_that_asks_sooner_raises_what_the_other_does_not() -> None:
    told = difference(a_pack(2), a_pack(3))
    assert (told.same, len(told.only_first), told.only_second, told.other_words) == (1, 2, (), ())
    sooner, other_family = told.only_first
    assert sooner.raised_on < other_family.raised_on
    assert sooner.family != other_family.family
    assert sooner.rules == ("several-notifications",)
    assert sooner.reasons[0].startswith("The police told of 2 separate incidents")


def test_seen_from_the_other_side_it_is_the_same_difference() -> None:
    one, other = difference(a_pack(2), a_pack(3)), difference(a_pack(3), a_pack(2))
    assert (one.same, one.only_first, one.only_second) == (other.same, other.only_second, other.only_first)


def test_other_words_for_the_same_prompt_are_shown_side_by_side() -> None:
    told = difference(a_pack(3), a_pack(3, says="Between {first} and {last} came {count} notices."))
    (both,) = told.other_words
    assert (told.same, told.only_first, told.only_second) == (0, (), ())
    assert both.first.prompt_id == both.second.prompt_id
    assert both.only_first == both.first.reasons
    assert both.only_second[0].startswith("Between ")


def test_a_family_asked_about_for_another_reason_at_the_same_time_is_one_difference() -> None:
    told = difference(a_pack(3), a_pack(3, rule="by-another-name", says=SAYS.replace("separate ", "")))
    (both,) = told.other_words
    assert both.first.prompt_id != both.second.prompt_id
    assert (both.first.rules, both.second.rules) == (("several-notifications",), ("by-another-name",))
    assert both.first.family == both.second.family


def test_prompts_of_one_family_at_different_times_are_not_taken_for_one() -> None:
    early = TOWN.replace("+20", "+11")  # under the other name it is raised long after the first was answered
    one = rehearsed(early, a_pack(3), until=40).sequence.revisions
    other = rehearsed(TOWN, a_pack(3, rule="by-another-name"), until=40).sequence.revisions
    told = compare(one, other)
    assert (told.same, len(told.only_first), len(told.only_second), told.other_words) == (0, 1, 1, ())


def test_every_prompt_of_both_sides_is_in_the_difference_once() -> None:
    first = rehearsed(TOWN, a_pack(1), until=40).sequence.revisions
    second = rehearsed(TOWN, a_pack(2, rule="by-another-name"), until=40).sequence.revisions
    told = compare(first, second)
    pairs = told.same + len(told.other_words)
    assert pairs + len(told.only_first) == len({prompt.prompt_id for prompt in first})
    assert pairs + len(told.only_second) == len({prompt.prompt_id for prompt in second})


def test_nothing_against_nothing() -> None:
    assert difference(a_pack(3), a_pack(3), "") == Difference(same=0, only_first=(), only_second=(), other_words=())
