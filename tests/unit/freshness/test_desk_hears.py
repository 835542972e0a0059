"""The desk is told on which days each feed was heard, and every prompt says what was not known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.desk.policy import policy_of
from models.desk.state import DeskState
from models.desk.storage import decode, encode
from models.desk.transition import advance
from models.hub.sequence import Sequence
from schemas.desk_events import Heard
from schemas.identifiers import AgencyId, Day
from streams.hub import parse_hub
from tests.unit.rehearsal.telling import a_pack, hub_text, rehearsed

HUB = parse_hub(hub_text())
POLICY = policy_of(HUB)
FEEDS = st.sampled_from([(source.agency, source.kind) for source in HUB.sources])
HEARD = st.builds(lambda feed, day: Heard(feed[0], feed[1], Day(day)), FEEDS, st.integers(739_000, 739_120))

TABLE = """
+0  Mon 08:00  link      child=A family=F1
+1      10:00  police    ref=N1 child=A grade=green
+2      10:00  referral  ref=R1 child=A source=2A outcome=assessment
+{day}      10:00  police    ref=N2 child=A grade=green
"""


def silent_on(day: int) -> dict[tuple[str, str], Any]:
    """What the first prompt does not know, raised on that day of the table; day +0 is Monday 8 September 2025."""
    (first, *_) = rehearsed(TABLE.format(day=day), a_pack(2)).sequence.revisions
    return {(one.agency, one.kind): one for one in first.not_known}


def test_a_feed_that_spoke_within_its_cadence_is_not_named() -> None:
    assert ("riverton-council", "referral") not in silent_on(5)  # Wednesday to Saturday: 2 of 3 working days


def test_a_feed_that_fell_silent_is_named_with_the_day_since() -> None:
    told = silent_on(9)["riverton-council", "referral"]
    assert told.text == (
        "By the end of 16 September 2025, nothing had come from riverton-council about referrals since"
        " 10 September 2025. It is expected at least once in 3 working days."
    )


def test_a_feed_that_never_spoke_has_no_since() -> None:
    told = silent_on(5)["harbour-schools", "school-absence"]
    assert told.since is None
    assert "nothing had ever come" in told.text


def test_the_feed_of_the_fact_that_raised_is_not_called_silent() -> None:
    assert ("riverton-police", "police-notification") not in silent_on(40)


def test_a_hub_that_agreed_on_no_source_expects_nothing() -> None:
    from streams.hub import BUILT_IN_HUB

    assert policy_of(BUILT_IN_HUB).feeds is not None
    sequence = Sequence(policy_of(BUILT_IN_HUB), a_pack(2), lambda features: 0.0)  # type: ignore[arg-type]
    assert sequence.desk.heard == {}


def test_a_day_told_to_the_desk_moves_no_clock_and_publishes_nothing() -> None:
    told = advance(DeskState(), Heard(AgencyId("riverton-police"), "referral", Day(739_500)), POLICY)
    assert (told.prompts, told.desk.clock, told.repeated) == ((), 0, False)
    again = advance(told.desk, Heard(AgencyId("riverton-police"), "referral", Day(739_500)), POLICY)
    assert again.desk is told.desk


@given(st.lists(HEARD, max_size=30).flatmap(lambda days: st.tuples(st.just(days), st.permutations([*days, *days[:4]]))))
def test_a_desk_told_of_feeds_in_any_order_and_twice_is_the_same_desk(days: tuple[list[Heard], list[Heard]]) -> None:
    one, other = DeskState(), DeskState()
    for heard in days[0]:
        one = advance(one, heard, POLICY).desk
    for heard in days[1]:
        other = advance(decode(encode(other)), heard, POLICY).desk
    assert encode(one) == encode(other)


def test_a_desk_that_was_stored_before_it_heard_of_feeds_is_read() -> None:
    import msgspec

    older = msgspec.msgpack.decode(encode(DeskState()))[:-1]
    assert decode(msgspec.msgpack.encode(older)) == DeskState()


@pytest.mark.parametrize("at", [0, 5, 11, 19])
def test_what_else_comes_that_day_changes_nothing(at: int) -> None:
    """A record of today may be on its way on another partition: what a prompt says must not hang on that race."""
    alone = silent_on(9)
    table = TABLE.format(day=9) + f"+9 {at:02d}:30 referral ref=R2 child=B source=2A outcome=assessment late"
    before = table.splitlines()
    before[-1], before[-2] = before[-2], before[-1]
    text = "\n".join(before).replace(" late", "") if at < 10 else table
    (first, *_) = rehearsed(text, a_pack(2)).sequence.revisions
    assert {(one.agency, one.kind): one for one in first.not_known} == alone
