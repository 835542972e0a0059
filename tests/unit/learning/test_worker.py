"""The learner at work, with a topic in memory in place of a broker: what it writes, in which order, and in a race."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace

from models.learning.canonical import to_canonical
from models.learning.challengers import Challengers
from models.learning.gate import hash_report
from models.learning.heads import freeze, read_head, sign_off, thresholds_of, write_head
from models.learning.shelf import Shelf
from models.learning.snapshot import Snapshot, begin
from models.learning.specification import hash_specification
from models.learning.study import Study, read_rows_of
from models.learning.threshold import Budgets, Thresholds
from schemas.challengers import CHALLENGERS, Standings
from schemas.examples import ExampleEvent, ExampleRecord, Mode
from schemas.hub import Source
from schemas.identifiers import Day
from schemas.models import GATE, HEAD, LEARNER, PLAN, SNAPSHOT, Head
from streams.codecs import write
from streams.learner.worker import Worker
from streams.metrics import Metrics
from tests.unit.learning.gating import PLAN as GATE_PLAN
from tests.unit.learning.gating import RAILS, a_report
from tests.unit.learning.rows import FEATURE_LIST, FIRST_DAY, MADE_BY, SPECIFICATION, a_row, a_scoring, closing
from tests.unit.learning.test_feeds import POLICE, counted
from tests.unit.learning.test_listening import labels_of, scored_on

NAME = SPECIFICATION.name
NO_BUDGET = Budgets(first=None, open_case=None, is_one_team=True)
FIRST = begin(SPECIFICATION, MADE_BY)


class Record(Struct):
    """A record of the examples' topic."""

    offset: int
    value: bytes


class Topic:
    """``earlyword.models.v1`` in memory. ``before_head`` writes what lies just before the learner's next head."""

    def __init__(self) -> None:
        self.records: list[tuple[str, bytes]] = []
        self.resume_offsets: dict[str, int] = {}
        self.before_head: Callable[[Head], None] = lambda head: None

    async def publish_snapshot(self, snapshot: Snapshot, *, resume_offset: int, learned_in: Mode) -> int:
        del learned_in
        self.resume_offsets[SNAPSHOT + snapshot.version] = resume_offset
        return self.write(SNAPSHOT + snapshot.version, snapshot.bytes)

    async def publish_head(self, head: Head) -> int:
        now, self.before_head = self.before_head, lambda head: None
        now(head)
        return self.write(HEAD + head.specification, write_head(head))

    async def publish_standings(self, standings: Standings) -> int:
        return self.write(CHALLENGERS + standings.specification, to_canonical(standings))

    def write(self, key: str, value: bytes) -> int:
        self.records.append((key, value))
        return len(self.records) - 1

    @property
    def heads(self) -> list[Head]:
        return [read_head(value) for key, value in self.records if key.startswith(HEAD)]

    @property
    def standings(self) -> list[Standings]:
        told = [value for key, value in self.records if key.startswith(CHALLENGERS)]
        return [msgspec.convert(json.loads(value), type=Standings) for value in told]


class Setting:
    """A worker on a topic; another life of it on the same topic is another setting."""

    def __init__(
        self, topic: Topic, *, frozen: bool = False, budgets: Budgets = NO_BUDGET, sources: Sequence[Source] = ()
    ) -> None:
        self.topic = topic
        self.shelf = Shelf(NAME, hash_specification(SPECIFICATION))
        self.metrics = Metrics(version="0")
        self._read = 0
        self._heard = 0
        self._catch_up()
        found = self.shelf.newest()
        newest = found or FIRST
        recipe = read_rows_of(SPECIFICATION, FEATURE_LIST)
        standings = topic.standings[-1] if topic.standings else None
        self.worker = Worker(
            name=NAME,
            shelf=self.shelf,
            study=Study(newest, recipe, 1, sources=sources),
            newest=newest,
            challengers=Challengers(newest, recipe, standings),
            standings=standings,
            publisher=topic,  # type: ignore[arg-type]
            metrics=self.metrics,
            budgets=budgets,
            frozen=frozen,
            resume_offset=0 if found is None else self.shelf.resume_offset(found.version),
            may_write=lambda: None,
            read_back=self._read_back,
        )

    async def learn(self, events: Sequence[ExampleEvent]) -> None:
        """A whole life: begin, read everything there is, and no more."""
        await self.worker.begin()
        await self.hear(events)
        await self.worker.caught_up()

    async def hear(self, events: Sequence[ExampleEvent]) -> None:
        """Read on."""
        records = [Record(n, write(ExampleRecord(None, event))) for n, event in enumerate(events, self._heard)]
        self._heard += len(records)
        await self.worker.take(records)

    def counted(self, line: str) -> bool:
        return f"earlyword_{line}" in self.metrics.write().decode().splitlines()

    async def _read_back(self, offset: int) -> None:
        assert offset == len(self.topic.records) - 1
        self._catch_up()

    def _catch_up(self) -> None:
        for offset in range(self._read, len(self.topic.records)):
            key, value = self.topic.records[offset]
            self.shelf.take(offset, key, value, self.topic.resume_offsets.get(key, 0))
        self._read = len(self.topic.records)


def days(count: int) -> list[ExampleEvent]:
    """A row and the end of its day, so many times."""
    return [event for day in range(count) for event in (a_row(f"row-{day}", day=day), closing(day))]


async def test_every_head_follows_the_snapshot_that_it_names() -> None:
    setting = Setting(Topic())
    await setting.learn(days(3))
    kinds = [key.partition("/")[0] for key, _ in setting.topic.records]
    assert kinds == ["snapshot", "head"] * 4
    named = [SNAPSHOT + head.version for head in setting.topic.heads]
    assert named == [key for key, _ in setting.topic.records if key.startswith(SNAPSHOT)]
    assert {head.mode for head in setting.topic.heads} == {"shadow"}
    assert setting.counted('model_learned_total{label="negative"} 3.0')
    assert setting.counted('model_matured_examples{label="negative"} 3.0')


async def test_killed_between_a_snapshot_and_its_head_the_next_life_writes_that_head() -> None:
    topic = Topic()
    await Setting(topic).learn(days(2))
    whole = list(topic.records)
    topic.records.pop()  # the last head was never written
    await Setting(topic).learn(days(2))
    assert [key for key, _ in topic.records] == [key for key, _ in whole]
    assert topic.heads[-1].version == read_head(whole[-1][1]).version


async def test_another_life_with_nothing_new_writes_nothing() -> None:
    topic = Topic()
    await Setting(topic).learn(days(2))
    before = list(topic.records)
    await Setting(topic).learn(days(2))
    assert topic.records == before


async def test_the_setting_lets_learning_go_on_and_stops_adoption() -> None:
    setting = Setting(Topic(), frozen=True)
    await setting.learn(days(3))
    assert [head.version for head in setting.topic.heads] == [FIRST.version]
    newest = setting.shelf.newest()
    assert newest is not None
    assert newest.body.learned == 3
    assert setting.counted("model_frozen 1.0")


async def test_a_persons_decision_that_was_written_over_is_written_again_on_top() -> None:
    topic = Topic()
    setting = Setting(topic)
    await setting.worker.begin()
    first = topic.heads[0]
    decided = freeze(first, by="A. Name", reason="as agreed", at=first.at)
    topic.before_head = lambda head: _write(topic, decided)
    events = [Record(n, write(ExampleRecord(None, event))) for n, event in enumerate(days(3))]
    await setting.worker.take(events)
    assert [head.by for head in topic.heads] == [LEARNER, "A. Name", LEARNER, "A. Name"]
    assert setting.shelf.head is not None
    assert (setting.shelf.head.frozen, setting.shelf.head.reason) == (True, "as agreed")
    assert setting.shelf.head.resume_offset >= topic.heads[2].resume_offset
    newest = setting.shelf.newest()
    assert newest is not None
    assert newest.body.learned == 3


def _write(topic: Topic, head: Head) -> None:
    topic.write(HEAD + NAME, write_head(head))


def labels(rates: Sequence[float], seed: int = 1) -> list[ExampleEvent]:
    """Forty rows a day, of which about so many are positive."""
    dice = random.Random(seed)
    return [event for day, rate in enumerate(rates) for event in labels_of(dice, day, rate)]


STEADY = [0.2] * 60
DOUBLED = [0.2] * 40 + [0.4] * 20


async def sign(topic: Topic) -> Head:
    """A first day is learned, and the model signed for."""
    await Setting(topic).learn(labels(STEADY[:1]))
    return sign_again(topic, FIRST_DAY)


def sign_again(topic: Topic, until: Day) -> Head:
    """The model is signed for, by a report with wide rails that was made on ``until``."""
    wide = replace(RAILS, step_bound=1.0, total_bound=1.0, group_report_days=1_000)
    report = a_report(version=topic.heads[-1].version, until=until, rails=wide)
    topic.write(PLAN + NAME, to_canonical(GATE_PLAN))
    topic.write(GATE + hash_report(report), to_canonical(report))
    live = sign_off(topic.heads[-1], hash_report(report), by="A. Name", reason="so", at=topic.heads[-1].at)
    _write(topic, live)
    return live


async def test_a_live_model_of_which_nothing_drifts_stays_live_and_goes_on() -> None:
    topic = Topic()
    await sign(topic)
    setting = Setting(topic)
    await setting.learn(labels(STEADY))
    assert {head.mode for head in topic.heads[3:]} == {"live"}
    assert len(topic.heads[3:]) == 59
    assert "drift_detected_total{" not in setting.metrics.write().decode()


async def test_a_label_rate_that_doubles_takes_a_live_model_back_once_and_is_counted() -> None:
    topic = Topic()
    await sign(topic)
    setting = Setting(topic)
    await setting.learn(labels(DOUBLED))
    modes = [head.mode for head in topic.heads[3:]]
    assert modes == ["live"] * (len(modes) - 1) + ["shadow"]
    assert 40 <= len(modes) <= 50
    assert topic.heads[-1].frozen
    assert topic.heads[-1].reason.startswith("drift: ")
    assert setting.counted('model_adoption_refusals_total{rail="drift"} 1.0')
    assert setting.counted('model_mode{mode="shadow"} 1.0')
    assert setting.counted('model_drift_detected_total{watched="labels"} 1.0')
    newest = setting.shelf.newest()
    assert newest is not None
    assert newest.body.learned == 60 * 40


async def test_an_alarm_of_an_earlier_life_is_known_after_a_restart_and_not_told_again() -> None:
    topic = Topic()
    with structlog.testing.capture_logs() as said:
        await Setting(topic).learn(labels(DOUBLED))  # in shadow: told, and nothing follows
    assert [line["kind"] for line in said if line["event"] == "drift_found"] == ["labels"]
    assert {head.mode for head in topic.heads} == {"shadow"}
    live = sign_again(topic, Day(FIRST_DAY + 2))
    setting = Setting(topic)
    with structlog.testing.capture_logs() as said:
        await setting.learn(labels(DOUBLED))
    assert not [line for line in said if line["event"] == "drift_found"]
    assert topic.heads[-1].mode == "shadow"
    assert topic.heads[-1].version == live.version
    assert setting.counted('model_adoption_refusals_total{rail="drift"} 1.0')


async def test_a_feed_that_falls_silent_takes_a_live_model_back_and_is_named_by_its_topic_alone() -> None:
    log = [
        event
        for day in range(150)
        for event in (
            *labels_of(random.Random(day), day, 0.2, count=2),
            counted(day - 8, 100 if day < 100 else 0),
        )
    ]
    topic = Topic()
    await Setting(topic).learn(log[:3])
    sign_again(topic, FIRST_DAY)
    setting = Setting(topic, sources=(POLICE,))
    with structlog.testing.capture_logs() as said:
        await setting.learn(log)
    (told,) = [line for line in said if line["event"] == "drift_found"]
    assert told == {
        "event": "drift_found",
        "log_level": "warning",
        "kind": "counts",
        "topic": "earlyword.in.riverton-police.police-notification.v1",
    }
    assert setting.counted('model_drift_detected_total{watched="counts"} 1.0')
    assert (topic.heads[-1].mode, topic.heads[-1].frozen) == ("shadow", True)
    assert topic.heads[-1].reason.startswith("drift: ")
    again = Setting(topic, sources=(POLICE,))
    with structlog.testing.capture_logs() as said:
        await again.learn(log)
    assert not [line for line in said if line["event"] == "drift_found"]


async def test_a_live_model_that_moves_its_own_scores_stays_live() -> None:
    dice = random.Random(3)
    log = [
        event
        for day in range(1, 80)
        for event in (
            *scored_on(day, *(dice.betavariate(2, 30 if day < 40 else 8) for _ in range(20))),
            *labels_of(dice, day, 0.2, count=2),
        )
    ]
    unsigned = Setting(Topic())
    await unsigned.learn(log)
    assert 'model_drift_detected_total{watched="scores"}' in unsigned.metrics.write().decode()
    topic = Topic()
    await sign(topic)
    setting = Setting(topic)
    await setting.learn([*labels(STEADY[:1]), *log])
    assert topic.heads[-1].mode == "live"
    assert "drift_detected_total{" not in setting.metrics.write().decode()


async def test_a_report_that_was_made_after_the_alarm_has_had_its_say() -> None:
    topic = Topic()
    await Setting(topic).learn(labels(DOUBLED))
    sign_again(topic, Day(FIRST_DAY + 59))
    await Setting(topic).learn(labels([*DOUBLED, *([0.4] * 20)]))
    assert topic.heads[-1].mode == "live"


def scorings(day: int, *scores: float, open_case: bool = False) -> list[ExampleEvent]:
    """So many episodes that began on a day."""
    return [
        a_scoring(a_row(f"s{day}-{open_case}-{number}", day=day), score, open_case=open_case)
        for number, score in enumerate(scores)
    ]


TWO_TEAMS = Budgets(first=1, open_case=2, is_one_team=False)


async def test_days_that_teach_nothing_move_a_live_models_thresholds_and_write_only_what_changed() -> None:
    topic = Topic()
    live = await sign(topic)
    known = labels(STEADY[:1])
    setting = Setting(topic, budgets=TWO_TEAMS)
    await setting.learn(known)
    told: list[ExampleEvent] = [
        *scorings(1, 0.1, 0.3, 0.5),
        *scorings(1, 0.2, 0.4, 0.6, open_case=True),
        closing(1),
        closing(2),
        closing(3),
        *scorings(2, 0.05),
        closing(4),
        closing(5),
    ]
    await setting.hear(told)
    written = topic.heads[topic.heads.index(live) + 1 :]
    assert [thresholds_of(head) for head in written] == [Thresholds(0.5, 0.4), Thresholds(0.3, 0.2)]
    assert {(head.mode, head.version, head.gate) for head in written} == {("live", live.version, live.gate)}
    before = list(topic.records)
    await Setting(topic, budgets=TWO_TEAMS).learn([*known, *told])
    assert topic.records == before


async def test_a_rail_breaks_on_a_day_on_which_no_row_matured_too() -> None:
    topic = Topic()
    await sign(topic)  # the report of the groups may be 1,000 days old
    setting = Setting(topic)
    await setting.learn(labels(STEADY[:1]))
    await setting.hear([closing(1_000)])
    assert topic.heads[-1].mode == "live"
    await setting.hear([closing(1_001)])
    assert (topic.heads[-1].mode, topic.heads[-1].reason[:7]) == ("shadow", "groups:")


async def test_a_budget_that_was_changed_holds_from_the_start_of_the_learner_on() -> None:
    topic = Topic()
    await sign(topic)
    told = [*labels(STEADY[:1]), *scorings(1, 0.1, 0.3, 0.5), closing(1)]
    await Setting(topic, budgets=Budgets(first=1, open_case=1, is_one_team=True)).learn(told)
    assert thresholds_of(topic.heads[-1]) == Thresholds(0.5, 0.5)
    await Setting(topic, budgets=Budgets(first=2, open_case=None, is_one_team=False)).learn(told)
    assert thresholds_of(topic.heads[-1]) == Thresholds(0.3, None)


async def test_what_was_not_learned_is_counted_by_its_reason_and_what_nobody_can_read_too() -> None:
    setting = Setting(Topic())
    told: list[ExampleEvent] = [
        a_row("a"),
        a_row("b", state="void"),
        a_row("c", features=(float("nan"), 0.0, 0.0)),
        closing(0),
        a_row("d"),
    ]
    await setting.learn(told)
    await setting.worker.take([Record(9, b"nonsense")])
    for reason in ("void", "unfit", "late", "unreadable"):
        assert setting.counted(f'model_rows_left_out_total{{reason="{reason}"}} 1.0'), reason
    assert setting.counted('model_learned_total{label="negative"} 1.0')


QUARTER = 68
"""The first of July, in days after the first."""


async def test_a_challenger_opens_with_the_quarter_and_is_told_once_a_day() -> None:
    topic = Topic()
    setting = Setting(topic)
    with structlog.testing.capture_logs() as said:
        await setting.learn(days(QUARTER + 3))
    assert [(one.through - FIRST_DAY, [standing.learned for standing in one.open]) for one in topic.standings] == [
        (QUARTER, [1]), (QUARTER + 1, [2]), (QUARTER + 2, [3]),
    ]  # fmt: skip
    opened = [line for line in said if line["event"].startswith("challenger")]
    assert opened == [{"event": "challenger_opened", "reason": "quarter", "log_level": "info"}]
    assert setting.counted('model_challengers{verdict="open"} 1.0')
    assert setting.counted('model_challengers{verdict="ahead"} 0.0')
    assert {head.mode for head in topic.heads} == {"shadow"}


async def test_killed_before_the_standings_of_a_day_the_next_life_writes_them_and_nothing_else() -> None:
    topic = Topic()
    await Setting(topic).learn(days(QUARTER + 2))
    whole = list(topic.records)
    assert topic.records.pop()[0].startswith(CHALLENGERS)
    with structlog.testing.capture_logs() as said:
        await Setting(topic).learn(days(QUARTER + 2))
        await Setting(topic).learn(days(QUARTER + 2))
    assert topic.records == whole
    assert not [line for line in said if line["event"].startswith("challenger")]


async def test_an_alarm_for_drift_opens_a_challenger_and_resets_nothing() -> None:
    topic = Topic()
    with structlog.testing.capture_logs() as said:
        await Setting(topic).learn(labels(DOUBLED))
    (opened,) = topic.standings[-1].open
    assert opened.why == "drift"
    assert opened.opened_on > FIRST_DAY + 40
    assert opened.learned == 40 * (FIRST_DAY + 60 - opened.opened_on)
    assert [line["event"] for line in said if line["event"] in ("drift_found", "challenger_opened")] == [
        "drift_found",
        "challenger_opened",
    ]
    newest = Setting(topic).shelf.newest()
    assert newest is not None
    assert newest.body.learned == 60 * 40


async def test_a_challenger_whose_rows_are_gone_is_not_gone_on_with() -> None:
    topic = Topic()
    await Setting(topic).learn(days(QUARTER + 5))
    life = Setting(topic)
    with structlog.testing.capture_logs() as said:
        await life.learn(days(QUARTER + 6)[2 * (QUARTER + 3) :])
    assert topic.standings[-1].open == ()
    assert [line["event"] for line in said if line["event"].startswith("challenger")] == ["challenger_not_made_again"]
    assert life.counted('model_challengers{verdict="open"} 0.0')
