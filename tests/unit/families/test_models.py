"""Which model families ask: what lies on the models topic, lowered by a setting, and never raised."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from faust.types import TP
from msgspec.structs import replace

from models.family.judge import SILENT
from models.learning.canonical import to_canonical
from models.learning.gate import hash_report
from models.learning.heads import begin_in_shadow, retire, sign_off, write_head
from models.learning.judge import SnapshotJudge
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.snapshot import Snapshot, begin
from models.learning.specification import hash_features, hash_specification
from schemas.examples import Mode
from schemas.models import Head
from streams.engine.batch import Batch
from streams.families.models import Models
from streams.logs import configure
from streams.topics import MODELS
from tests.unit.family.judges import a_snapshot
from tests.unit.learning.gating import PLAN, a_report

NAME = NEED_WITHIN_90_DAYS.name
AT = "2026-11-27T12:00:00Z"
SNAPSHOT = a_snapshot()
OTHER = a_snapshot({"police-90": 0.5})
SHADOW = replace(begin_in_shadow(NAME, SNAPSHOT.version, at=AT, resume_offset=7, reason="first"), threshold=0.0625)
REPORT = a_report(version=SNAPSHOT.version)
LIVE = sign_off(SHADOW, hash_report(REPORT), by="A. Manager", reason="passed", at=AT)
GATED: tuple[tuple[str, bytes], ...] = (
    (f"plan/{NAME}", to_canonical(PLAN)),
    (f"gate/{hash_report(REPORT)}", to_canonical(REPORT)),
)


class Topic:
    """The models topic, as a follower hands it over."""

    def __init__(self, most: Mode = "live") -> None:
        self.models = Models(most)
        self._end = 0

    def put(self, *records: tuple[str, bytes | None]) -> SnapshotJudge | Any:
        lines: Any = [
            SimpleNamespace(key=k.encode(), value=v, offset=self._end + n) for n, (k, v) in enumerate(records)
        ]
        self._end += len(records)
        self.models.take(Batch(TP(MODELS, 0), lines))
        return self.models.judge


def body(snapshot: Snapshot = SNAPSHOT) -> tuple[str, bytes]:
    return f"snapshot/{snapshot.version}", snapshot.bytes


def head(told: Head) -> tuple[str, bytes]:
    return f"head/{told.specification}", write_head(told)


@pytest.fixture
def out() -> Any:
    stream = io.StringIO()
    configure("families", stream=stream)
    yield stream
    structlog.reset_defaults()


def logged(out: io.StringIO) -> list[tuple[str, str | None]]:
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return [(line["event"], line.get("kind") or line.get("reason")) for line in lines]


def test_nobody_is_asked_where_nothing_was_published() -> None:
    assert Models("live").judge is SILENT
    assert Topic().put(body()) is SILENT


def test_the_head_says_which_snapshot_and_what_it_may_do() -> None:
    topic = Topic()
    judge = topic.put(body(), body(OTHER), *GATED, head(LIVE))
    assert (judge.mode, judge.version, judge.threshold_for(open_case=False)) == ("live", SNAPSHOT.version, 0.0625)
    judge = topic.put(head(replace(LIVE, version=OTHER.version)))
    assert (judge.mode, judge.version) == ("live", OTHER.version)
    judge = topic.put(head(SHADOW))
    assert (judge.mode, judge.version) == ("shadow", SNAPSHOT.version)
    assert topic.put(head(retire(SHADOW, by="A. Manager", reason="over", at=AT))) is SILENT


def test_each_team_is_held_to_its_own_threshold() -> None:
    told = replace(LIVE, threshold_open_case=0.25)
    judge = Topic().put(body(), *GATED, head(told))
    assert [judge.threshold_for(open_case=one) for one in (False, True)] == [0.0625, 0.25]
    judge = Topic().put(body(), *GATED, head(LIVE))  # a head that names one alone means it for all
    assert [judge.threshold_for(open_case=one) for one in (False, True)] == [0.0625, 0.0625]
    judge = Topic().put(body(), *GATED, head(replace(LIVE, threshold_open_case=None)))
    assert [judge.threshold_for(open_case=one) for one in (False, True)] == [0.0625, None]


@pytest.mark.parametrize(
    ("signed", "most", "mode"),
    [
        (LIVE, "live", "live"),
        (LIVE, "shadow", "shadow"),
        (LIVE, "silent", "silent"),
        (SHADOW, "live", "shadow"),
        (SHADOW, "silent", "silent"),
    ],
)
def test_the_setting_lowers_and_never_raises(signed: Head, most: Mode, mode: Mode) -> None:
    assert Topic(most).put(body(), *GATED, head(signed)).mode == mode


def test_live_without_a_gate_is_not_obeyed(out: io.StringIO) -> None:
    topic = Topic()
    topic.put(body(), head(SHADOW))
    assert topic.put(head(replace(LIVE, gate=None))).mode == "shadow"
    assert ("model_record_unsound", None) in logged(out)


@pytest.mark.parametrize("there", [(), GATED[:1], GATED[1:]], ids=["nothing", "the plan alone", "the report alone"])
def test_who_runs_already_goes_on_in_shadow_where_the_gate_cannot_be_seen_to_hold(
    out: io.StringIO, there: tuple[tuple[str, bytes], ...]
) -> None:
    assert Topic().put(body(), *there, head(LIVE)).mode == "shadow"
    assert logged(out) == [("model_not_used", "gate_not_passed")]


def test_a_head_whose_snapshot_is_missing_silences_the_model_and_says_so(out: io.StringIO) -> None:
    assert Topic().put(head(LIVE)) is SILENT
    assert logged(out) == [("model_not_used", "snapshot_missing")]


def test_a_snapshot_that_is_not_what_it_says_is_not_used(out: io.StringIO) -> None:
    name, told = body()
    assert Topic().put((name, told.replace(b"need-within", b"NEED-within")), head(LIVE)) is SILENT
    assert ("model_not_used", "snapshot_missing") in logged(out)


def test_a_snapshot_of_another_list_of_features_is_not_used(out: io.StringIO) -> None:
    fewer = replace(NEED_WITHIN_90_DAYS, features=NEED_WITHIN_90_DAYS.features[1:])
    stranger = begin(fewer, {"river": "test", "python": "test"})
    assert hash_features(fewer) != hash_features(NEED_WITHIN_90_DAYS)
    assert hash_specification(fewer) != hash_specification(NEED_WITHIN_90_DAYS)
    assert Topic().put(body(stranger), head(replace(LIVE, version=stranger.version))) is SILENT
    assert logged(out)[-1][0] == "model_not_used"


def test_heads_of_other_specifications_change_nothing() -> None:
    topic = Topic()
    judge = topic.put(body(), *GATED, head(LIVE))
    again = topic.put(head(replace(SHADOW, specification="another")), ("plan/another", b"{}"), ("rumour", b"x"))
    assert (again.mode, again.version) == (judge.mode, judge.version)


def test_what_is_in_force_is_logged_once_and_without_a_number_of_it(out: io.StringIO) -> None:
    topic = Topic()
    topic.put(body(), *GATED, head(LIVE))
    topic.put(head(LIVE))
    assert logged(out) == [("model_in_force", "live")]
    assert "0625" not in out.getvalue()
