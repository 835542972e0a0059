"""Heads: a person alone promotes, a broken rail demotes by itself, and what was decided is not lost in a race."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from models.learning.adopting import Breach
from models.learning.canonical import to_canonical
from models.learning.deciding import Decision, Now, decide
from models.learning.gate import hash_report
from models.learning.heads import (
    RefusedStepError,
    UnsoundHeadError,
    begin_in_shadow,
    demote,
    follow_budgets,
    freeze,
    lower,
    move_on,
    name_state,
    read_head,
    retire,
    roll_back,
    sign_off,
    thresholds_of,
    unfreeze,
    write_head,
)
from models.learning.shelf import Shelf
from models.learning.snapshot import Snapshot, begin
from models.learning.specification import hash_specification
from models.learning.threshold import Thresholds
from schemas.identifiers import Day
from schemas.models import GATE, HEAD, LEARNER, PLAN, SNAPSHOT, Head
from tests.unit.learning.gating import PLAN as GATE_PLAN
from tests.unit.learning.gating import TODAY, a_report
from tests.unit.learning.rows import MADE_BY, SPECIFICATION, a_study
from tests.unit.learning.test_adopting import HISTORY

NAME = SPECIFICATION.name
AT = "2026-03-01T08:00:00Z"
PERSON = {"by": "A. Name", "reason": "as agreed", "at": AT}
REPORT = a_report(version=HISTORY[1].version)


def a_head(**said: object) -> Head:
    made = begin_in_shadow(NAME, HISTORY[2].version, at=AT, resume_offset=10, reason="registered")
    return replace(made, **said)


LIVE = sign_off(a_head(), hash_report(REPORT), **PERSON)


class Topic:
    """The records of ``earlyword.models.v1``, and a shelf that reads them."""

    def __init__(self, *heads: Head, snapshots: list[Snapshot] = HISTORY, plan: bool = True) -> None:
        self.shelf = Shelf(NAME, hash_specification(SPECIFICATION))
        self.offset = 0
        for number, snapshot in enumerate(snapshots):
            self.write(SNAPSHOT + snapshot.version, snapshot.bytes, number)
        if plan:
            self.write(PLAN + NAME, to_canonical(GATE_PLAN))
            self.write(GATE + hash_report(REPORT), to_canonical(REPORT))
        for head in heads:
            self.write(HEAD + NAME, write_head(head))

    def write(self, key: str, value: bytes | None, resume_offset: int = 0) -> str:
        self.offset += 1
        return self.shelf.take(self.offset, key, value, resume_offset)

    def decide(self, body: Snapshot = HISTORY[3], **said: object) -> Decision:
        now = Now(
            **{
                "gathering": a_study().gathering,
                "drift_alarm": False,
                "thresholds": Thresholds(0.4, 0.3),
                "today": TODAY,
                "at": AT,
                "resume_offset": 12,
                "frozen": False,
                **said,
            }  # type: ignore[arg-type]
        )
        return decide(NAME, self.shelf, body, now)


# What the learner decides.


def test_the_first_head_is_in_shadow() -> None:
    head = Topic().decide(HISTORY[0]).head
    assert head is not None
    assert (head.mode, head.frozen, head.by, head.version) == ("shadow", False, LEARNER, HISTORY[0].version)


@pytest.mark.parametrize("head", [a_head(), LIVE], ids=["shadow", "live"])
def test_the_next_snapshot_is_adopted_in_the_same_mode(head: Head) -> None:
    adopted = Topic(head).decide().head
    assert adopted is not None
    assert (adopted.version, adopted.mode, adopted.gate) == (HISTORY[3].version, head.mode, head.gate)
    assert (thresholds_of(adopted), adopted.by, adopted.resume_offset) == (Thresholds(0.4, 0.3), LEARNER, 12)


def test_a_broken_rail_freezes_and_takes_a_live_model_back_to_shadow() -> None:
    decision = Topic(LIVE).decide(drift_alarm=True)
    assert decision.breach is not None
    assert decision.head is not None
    assert (decision.head.mode, decision.head.frozen, decision.head.gate) == ("shadow", True, None)
    assert decision.head.version == LIVE.version
    assert decision.head.reason.startswith("drift: ")


def test_after_a_breach_the_learner_adopts_nothing_more_and_says_so_once() -> None:
    broken = Topic(LIVE).decide(drift_alarm=True).head
    assert broken is not None
    assert Topic(broken).decide(drift_alarm=True) == Decision(None)
    assert Topic(broken).decide() == Decision(None)


def test_a_frozen_live_model_still_falls_silent_when_a_rail_breaks() -> None:
    frozen = freeze(LIVE, **PERSON)
    kept = Topic(frozen).decide().head
    assert kept is not None
    assert (kept.mode, kept.version, kept.frozen) == ("live", frozen.version, True)
    demoted = Topic(frozen).decide(drift_alarm=True).head
    assert demoted is not None
    assert demoted.mode == "shadow"


def test_the_setting_stops_adoption_and_nothing_else() -> None:
    assert Topic(a_head()).decide(frozen=True) == Decision(None)
    demoted = Topic(LIVE).decide(frozen=True, drift_alarm=True).head
    assert demoted is not None
    assert demoted.mode == "shadow"


def test_a_retired_model_is_left_alone() -> None:
    assert Topic(retire(a_head(), **PERSON)).decide() == Decision(None)


@pytest.mark.parametrize(
    ("today", "plan", "snapshots", "rail"),
    [
        (TODAY, False, HISTORY, "integrity"),  # the report is gone
        (TODAY, True, HISTORY[2:], "integrity"),  # what was signed for is gone
        (Day(REPORT.until + 93), True, HISTORY, "groups"),
    ],
)
def test_live_without_a_gate_that_can_be_seen_to_hold_is_demoted(
    today: Day, plan: bool, snapshots: list[Snapshot], rail: str
) -> None:
    decision = Topic(LIVE, plan=plan, snapshots=snapshots).decide(today=today)
    assert decision.breach is not None
    assert decision.breach.rail == rail
    assert decision.head is not None
    assert decision.head.mode == "shadow"


def test_another_specification_under_the_same_name_begins_in_shadow() -> None:
    other = begin(replace(SPECIFICATION, prevalence=0.2), MADE_BY)
    shelf = Shelf(NAME, other.body.specification_hash)
    for offset, snapshot in enumerate([*HISTORY, other]):
        shelf.take(offset, SNAPSHOT + snapshot.version, snapshot.bytes)
    shelf.take(99, HEAD + NAME, write_head(LIVE))
    now = Now(
        gathering=a_study().gathering,
        drift_alarm=False,
        thresholds=Thresholds(None, None),
        today=TODAY,
        at=AT,
        resume_offset=0,
        frozen=False,
    )
    head = decide(NAME, shelf, other, now).head
    assert head is not None
    assert (head.mode, head.gate, head.version) == ("shadow", None, other.version)
    assert head.resume_offset == LIVE.resume_offset


# What persons may do.


def test_only_a_person_promotes() -> None:
    for step in (
        move_on(a_head(), "v", thresholds=Thresholds(None, None), at=AT, resume_offset=1),
        unfreeze(a_head(frozen=True), **PERSON),
        freeze(a_head(), **PERSON),
        roll_back(a_head(), "v", **PERSON),
        demote(LIVE, Breach("drift", "so"), at=AT, resume_offset=1),
    ):
        assert step.mode == "shadow"
    for nobody in ("", " ", "learner", "Learner "):
        with pytest.raises(RefusedStepError):
            sign_off(a_head(), "a gate", by=nobody, reason="as agreed", at=AT)
    with pytest.raises(RefusedStepError):
        sign_off(a_head(), "a gate", by="A. Name", reason=" ", at=AT)
    with pytest.raises(RefusedStepError):
        sign_off(a_head(), "", **PERSON)
    with pytest.raises(RefusedStepError):
        sign_off(retire(a_head(), **PERSON), "a gate", **PERSON)


def test_a_rollback_freezes() -> None:
    assert roll_back(LIVE, HISTORY[1].version, **PERSON).frozen


def test_nothing_is_adopted_onto_a_frozen_head() -> None:
    with pytest.raises(RefusedStepError):
        move_on(a_head(frozen=True), "v", thresholds=Thresholds(None, None), at=AT, resume_offset=1)


def test_the_states_of_a_specification_have_names() -> None:
    assert name_state(None) == "draft"
    assert name_state(a_head()) == "shadow"
    assert name_state(a_head(), lacks_only_a_signature=True) == "eligible"
    assert name_state(LIVE) == "live"
    assert name_state(retire(LIVE, **PERSON)) == "retired"


def test_a_setting_can_lower_a_mode_and_never_raise_it() -> None:
    assert lower("live", "shadow") == "shadow"
    assert lower("shadow", "live") == "shadow"
    assert lower("silent", "live") == "silent"


# What lies on the topic.


def test_a_head_read_back_is_the_head_that_was_written() -> None:
    assert read_head(write_head(LIVE)) == LIVE
    assert b'"at":"2026-03-01T08:00:00Z"' in write_head(LIVE)


@pytest.mark.parametrize(
    "told",
    [b"", b"{}", b"[]", write_head(LIVE)[:-1], write_head(LIVE).replace(b'"mode"', b'"mood"'),
     write_head(replace(LIVE, gate=None))],
)  # fmt: skip
def test_what_is_no_head_or_live_without_a_gate_is_not_obeyed(told: bytes) -> None:
    with pytest.raises(UnsoundHeadError):
        read_head(told)
    topic = Topic(a_head())
    assert topic.write(HEAD + NAME, told) == "unsound"
    assert topic.shelf.head == a_head()


def test_a_learner_that_slept_cannot_put_an_older_head_in_front() -> None:
    topic = Topic(a_head(resume_offset=20))
    assert topic.write(HEAD + NAME, write_head(a_head(resume_offset=19, version=HISTORY[1].version))) == "behind"
    assert topic.shelf.head == a_head(resume_offset=20)


def test_the_newest_snapshot_is_that_of_the_latest_day_not_the_last_on_the_topic() -> None:
    topic = Topic()
    topic.write(SNAPSHOT + HISTORY[1].version, HISTORY[1].bytes)
    newest = topic.shelf.newest()
    assert newest is not None
    assert newest.version == HISTORY[4].version


def test_a_snapshot_with_a_flipped_bit_is_passed_over() -> None:
    topic = Topic(snapshots=HISTORY[:4])
    assert topic.write(SNAPSHOT + HISTORY[4].version, HISTORY[4].bytes.replace(b"1", b"2", 1)) == "unsound"
    newest = topic.shelf.newest()
    assert newest is not None
    assert newest.version == HISTORY[3].version


def test_a_plan_is_registered_once() -> None:
    topic = Topic()
    topic.write(PLAN + NAME, to_canonical(replace(GATE_PLAN, precision_bar=0.1)))
    assert topic.shelf.plan == GATE_PLAN


def test_a_persons_head_that_the_learner_wrote_over_without_knowing_it_is_found() -> None:
    topic = Topic(a_head())
    base = topic.shelf.head_offset
    frozen = freeze(a_head(), **PERSON)
    topic.write(HEAD + NAME, write_head(frozen))
    topic.write(
        HEAD + NAME, write_head(move_on(a_head(), "v", thresholds=Thresholds(None, None), at=AT, resume_offset=12))
    )
    assert topic.shelf.person_between(base, topic.shelf.head_offset) == frozen
    assert topic.shelf.person_between(topic.shelf.head_offset, topic.offset + 1) is None


def test_a_head_that_its_writer_took_before_reading_it_hides_none_that_came_before() -> None:
    topic = Topic(a_head())
    own = move_on(a_head(), HISTORY[3].version, thresholds=Thresholds(None, None), at=AT, resume_offset=12)
    frozen = freeze(a_head(), **PERSON)
    base = topic.shelf.head_offset
    topic.shelf.take(50, HEAD + NAME, write_head(own))
    topic.shelf.take(49, HEAD + NAME, write_head(frozen))
    assert topic.shelf.head == own
    assert topic.shelf.person_between(base, 50) == frozen


def test_keys_and_specifications_that_are_not_ours_change_nothing() -> None:
    topic = Topic(a_head())
    assert topic.write("something/else", b"whatever") == "other"
    assert topic.write(HEAD + "another", write_head(LIVE)) == "other"
    assert topic.write(SNAPSHOT + HISTORY[2].version, None) == "taken"  # a tombstone
    assert topic.shelf.snapshot(HISTORY[2].version) is None


# The thresholds.

ONE_TEAM, TWO_TEAMS = Thresholds(0.4, 0.4), Thresholds(0.4, 0.7)


def test_one_threshold_for_both_is_written_as_before_there_were_two() -> None:
    one = follow_budgets(LIVE, ONE_TEAM, at=AT, resume_offset=12)
    assert b"threshold_open_case" not in write_head(one)
    assert thresholds_of(read_head(write_head(one))) == ONE_TEAM
    for told in (TWO_TEAMS, Thresholds(None, 0.7), Thresholds(0.4, None)):
        assert thresholds_of(read_head(write_head(follow_budgets(one, told, at=AT, resume_offset=12)))) == told


def test_a_head_from_before_there_were_two_means_its_one_for_all() -> None:
    told = (
        b'{"at":"2026-03-01T08:00:00Z","by":"learner","frozen":false,"gate":null,"mode":"shadow","reason":"adopted",'
        b'"resume_offset":10,"specification":"made-up","threshold":0.25,"version":"0123456789abcdef"}'
    )
    head = read_head(told)
    assert thresholds_of(head) == Thresholds(0.25, 0.25)
    assert b"threshold_open_case" not in write_head(freeze(head, **PERSON))


@pytest.mark.parametrize(
    ("head", "setting"),
    [
        (freeze(LIVE, **PERSON), False),
        (roll_back(LIVE, HISTORY[1].version, **PERSON), False),
        (LIVE, True),
        (replace(LIVE, version=HISTORY[3].version), False),
    ],
    ids=["frozen", "rolled back", "frozen by a setting", "a day that taught nothing"],
)
def test_where_nothing_is_adopted_a_live_models_thresholds_follow_and_nothing_else(head: Head, setting: bool) -> None:
    followed = Topic(head).decide(thresholds=TWO_TEAMS, frozen=setting).head
    assert followed is not None
    assert thresholds_of(followed) == TWO_TEAMS
    assert (followed.by, followed.resume_offset) == (LEARNER, 12)
    kept = ("specification", "version", "mode", "frozen", "gate")
    assert [getattr(followed, name) for name in kept] == [getattr(head, name) for name in kept]
    assert Topic(followed).decide(thresholds=TWO_TEAMS, frozen=setting) == Decision(None)


@pytest.mark.parametrize(
    "head", [freeze(a_head(), **PERSON), a_head(version=HISTORY[3].version), retire(LIVE, **PERSON)]
)
def test_where_no_prompt_can_be_raised_thresholds_move_with_adoption_alone(head: Head) -> None:
    assert Topic(head).decide(thresholds=TWO_TEAMS) == Decision(None)


def test_what_silences_a_model_is_understood_by_readers_from_before_there_were_two() -> None:
    live = follow_budgets(LIVE, TWO_TEAMS, at=AT, resume_offset=12)
    assert thresholds_of(retire(live, **PERSON)) == Thresholds(None, None)
    for head in (retire(live, **PERSON), demote(live, Breach("drift", "so"), at=AT, resume_offset=12)):
        assert b"threshold_open_case" not in write_head(head)
