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
    freeze,
    lower,
    move_on,
    name_state,
    read_head,
    retire,
    roll_back,
    sign_off,
    unfreeze,
    write_head,
)
from models.learning.shelf import Shelf
from models.learning.snapshot import Snapshot, begin
from models.learning.specification import hash_specification
from schemas.identifiers import Day
from schemas.models import GATE, HEAD, LEARNER, PLAN, SNAPSHOT, Head
from tests.unit.learning.gating import PLAN as GATE_PLAN
from tests.unit.learning.gating import TODAY, a_report
from tests.unit.learning.rows import MADE_BY, SPECIFICATION, a_row, a_scoring, a_study
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
                "threshold": 0.4,
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
    assert (adopted.threshold, adopted.by, adopted.resume_offset) == (0.4, LEARNER, 12)


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
    assert Topic(frozen).decide() == Decision(None)
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
        threshold=None,
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
        move_on(a_head(), "v", threshold=None, at=AT, resume_offset=1),
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
        move_on(a_head(frozen=True), "v", threshold=None, at=AT, resume_offset=1)


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
    topic.write(HEAD + NAME, write_head(move_on(a_head(), "v", threshold=None, at=AT, resume_offset=12)))
    assert topic.shelf.person_between(base, topic.shelf.head_offset) == frozen
    assert topic.shelf.person_between(topic.shelf.head_offset, topic.offset + 1) is None


def test_a_head_that_its_writer_took_before_reading_it_hides_none_that_came_before() -> None:
    topic = Topic(a_head())
    own = move_on(a_head(), HISTORY[3].version, threshold=None, at=AT, resume_offset=12)
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


# The threshold.


def threshold_of(scores: list[tuple[int, float]], per_day: int) -> float | None:
    study = a_study()
    for number, (day, score) in enumerate(scores):
        study.recent.note(a_scoring(a_row(f"r{number}", day=day), score))
    return study.recent.threshold(per_day)


def test_the_threshold_is_the_score_that_fills_the_daily_room() -> None:
    scores = [(day, (10 * day + number) / 1000) for day in range(28) for number in range(10)]
    assert threshold_of(scores, per_day=2) == sorted(score for _, score in scores)[-2 * 28]
    assert sum(score >= (threshold_of(scores, 3) or 0) for _, score in scores) == 3 * 28


def test_scores_older_than_28_days_count_no_more() -> None:
    assert threshold_of([(0, 0.9), (1, 0.3), (28, 0.2)], per_day=1) == 0.2
    assert threshold_of([(0, 0.9), (27, 0.2)], per_day=1) == 0.2
    assert threshold_of([(28, 0.2), (0, 0.9)], per_day=1) == 0.2


def test_an_episode_counts_once_and_with_nothing_scored_there_is_no_threshold() -> None:
    study = a_study()
    for score in (0.2, 0.9):
        study.recent.note(a_scoring(a_row(), score))
    assert study.recent.threshold(1) == 0.2
    assert threshold_of([], 5) is None
    assert threshold_of([(0, 0.1)], 0) is None
