"""Every metric of a process, with its meaning. Nothing is measured under a name that is not in this file.

Labels come from closed sets, given when the process starts; whatever is not in them is counted as `other`, so that no
flood of made-up names, and no personal data, can become a series. Never a family, a prompt, a user.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias, get_args

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from models.learning.drift import Watched
from schemas.challengers import Verdict
from schemas.examples import Mode
from schemas.facts import WireKind
from schemas.models import Rail
from schemas.wire.dead_letter_v1 import Reason

OTHER: Final = "other"
HIGHEST_PARTITION: Final = 255

Outcome: TypeAlias = Literal["accepted", "duplicate", "dead_letter"]

KINDS: Final = frozenset(get_args(WireKind))
MODES: Final = get_args(Mode)
WATCHED: Final = frozenset(get_args(Watched))
VERDICTS: Final = frozenset(get_args(Verdict))
RAILS: Final = frozenset(get_args(Rail))
LEFT_OUT: Final = frozenset(
    {
        "censored", "contradiction", "late", "nobody", "other_features", "prompted", "repeat", "unfit", "unreadable",
        "void",
    }
)  # fmt: skip
REASONS: Final = frozenset(reason.name for reason in Reason)

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
AGES: Final = (1.0, 60.0, 600.0, 3_600.0, 6 * 3_600.0, 86_400.0, 7 * 86_400.0, 31 * 86_400.0)
LATE_SECONDS: Final = 86_400.0
"""A day: the unit in which a hub agrees how often a feed is expected. ``event_age_seconds`` shows shorter delays."""
WORKING_TIMES: Final = (60.0, 600.0, 3_600.0, 4 * 3_600.0, 86_400.0, 3 * 86_400.0, 7 * 86_400.0)

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call] # else two series a counter


class Metrics:
    """The metrics of one process. `agencies`, `topics` and `rules` are the labels it will know."""

    def __init__(
        self, *, version: str, agencies: Iterable[str] = (), topics: Iterable[str] = (), rules: Iterable[str] = ()
    ) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._agencies = frozenset(agencies)
        self._topics = frozenset(topics)
        self._rules = frozenset(rules)

        self._events = self._counter(
            "events", "Partners' records by what became of them, exactly one outcome each.", "agency", "type", "outcome"
        )
        self._late = self._counter(
            "events_late", "Accepted events recorded more than a day before their receipt.", "agency", "type"
        )
        self._expired = self._counter(
            "events_expired", "Accepted events that were older than the retention, and not kept.", "agency", "type"
        )
        self._dead_letters = self._counter("dead_letters", "Records set aside, by reason.", "agency", "reason")
        self._age = self._histogram(
            "event_age_seconds", "From an agency's recording of an event to its receipt.", AGES, "agency"
        )
        self._last_event = self._gauge(
            "agency_last_event_timestamp_seconds", "Receipt of the newest event of an agency, Unix time.", "agency"
        )

        self._to_state = self._histogram("event_to_state_seconds", "From receipt to the family's state.", SECONDS)
        self._to_prompt = self._histogram("event_to_prompt_seconds", "From receipt to the prompt.", SECONDS)
        self._state_bytes = self._gauge("state_bytes", "Bytes of the rows in memory.")

        self._prompts = self._counter("prompts", "Prompts raised, by the rule of their first reason.", "rule")
        self._open = self._gauge("prompts_open", "Prompts open at the desk.")
        self._waiting = self._gauge("prompts_waiting", "Prompts above the day's budget, waiting to be opened.")
        self._overdue = self._gauge("prompts_overdue", "Prompts that nobody took up by their due time.")
        self._oldest = self._gauge("prompt_oldest_open_age_seconds", "Age of the oldest open prompt; 0 without one.")
        self._to_ack = self._histogram(
            "prompt_time_to_ack_seconds",
            "From a prompt to the first action by which a worker took it up or answered it.",
            WORKING_TIMES,
        )
        self._reviews = self._gauge(
            "rules_to_review", "Rules to be reviewed within 30 days (soon), or no longer raising (over).", "state"
        )
        self._suppressed = self._counter(
            "duplicate_prompt_suppressed", "Prompts raised again under the same id, and not shown again."
        )

        self._learned = self._counter("model_learned", "Rows learned by this process, by what became of them.", "label")
        self._left_out = self._counter(
            "model_rows_left_out", "Rows of closed days that were not learned, by the reason.", "reason"
        )
        self._matured = self._gauge(
            "model_matured_examples", "Rows that the newest snapshot has learned, by what became of them.", "label"
        )
        self._closed_day = self._gauge(
            "model_closed_day_timestamp_seconds",
            "End of the last maturity day that all families have closed, Unix time.",
        )
        self._mode = self._gauge("model_mode", "1 for the mode of the model in force, 0 for the others.", "mode")
        self._frozen = self._gauge("model_frozen", "1 while no further snapshot is adopted.")
        self._refusals = self._counter(
            "model_adoption_refusals", "Snapshots that were not adopted, by the guard rail that broke.", "rail"
        )
        self._drift = self._counter(
            "model_drift_detected", "Alarms for drift, by what has changed: scores, labels, counts.", "watched"
        )
        self._challengers = self._gauge(
            "model_challengers", "Challengers that are open, by how they do beside the model in force.", "verdict"
        )
        self._snapshots = self._counter("model_snapshots", "Snapshots published.")

        self._lag_records = self._gauge(
            "consumer_lag_records", "Records of ours that are not settled.", "topic", "partition"
        )
        self._lag_seconds = self._gauge(
            "consumer_lag_seconds",
            "How long the oldest record that is not settled has waited, to within a measurement; 0 without lag.",
            "topic",
            "partition",
        )
        self._settle = self._histogram(
            "settle_seconds", "From sending a batch's outputs to all their receipts.", SECONDS
        )
        self._commit = self._histogram("commit_seconds", "Duration of a commit of offsets.", SECONDS)
        self._settled = self._counter("records_settled", "Records whose outputs and states all brokers hold.", "topic")
        self._rebalances = self._counter("rebalances", "How often the group shared out its partitions.")
        self._recovery = self._gauge("recovery_seconds", "Duration of the last recovery.")
        self._remaining = self._gauge("recovery_remaining_records", "Changelog records still to be read.")
        self._stale_rows = self._counter(
            "stale_rows_repaired", "Rows of a sleeping owner that stood behind newer ones, and were written again."
        )
        self._missing = self._counter(
            "offsets_missing", "Records that retention took before we read them: events may be lost.", "topic"
        )
        self._ticks_missed = self._counter("ticks_missed", "Ticks that could not be sent.")
        self._broker = self._gauge("broker_reachable", "1 while a broker answers.")
        self._loop_lag = self._gauge("event_loop_lag_seconds", "How late the event loop's last turn came.")
        build = self._gauge("build_info", "1, with the version that runs.", "version")
        build.labels(version).set(1)

    # What intake tells.

    def count_event(self, agency: str, kind: str, outcome: Outcome) -> None:
        """One record of a partner, with what became of it."""
        self._events.labels(self._agency(agency), _kind(kind), outcome).inc()

    def count_expired(self, agency: str, kind: str) -> None:
        """An accepted event that was too old to be kept."""
        self._expired.labels(self._agency(agency), _kind(kind)).inc()

    def count_dead_letter(self, agency: str, reason: str) -> None:
        """A record set aside; `reason` is a name of `Reason`."""
        self._dead_letters.labels(self._agency(agency), reason if reason in REASONS else OTHER).inc()

    def note_receipt(self, agency: str, received_at: float, recorded_at: float, kind: str = OTHER) -> None:
        """When an accepted event was received and recorded, in Unix time."""
        name, age = self._agency(agency), received_at - recorded_at
        self._last_event.labels(name).set(received_at)
        self._age.labels(name).observe(max(0.0, age))
        if age > LATE_SECONDS:
            self._late.labels(name, _kind(kind)).inc()

    # What families and the desk tell.

    def time_state(self, seconds: float) -> None:
        """An event reached a family's state, so long after its receipt."""
        self._to_state.observe(max(0.0, seconds))

    def time_prompt(self, seconds: float) -> None:
        """An event became a prompt, so long after its receipt."""
        self._to_prompt.observe(max(0.0, seconds))

    def set_state_bytes(self, count: int) -> None:
        """The rows in memory."""
        self._state_bytes.set(count)

    def count_prompt(self, rule: str) -> None:
        """A prompt was raised by this rule."""
        self._prompts.labels(rule if rule in self._rules else OTHER).inc()

    def set_rules_to_review(self, soon: int, over: int) -> None:
        """So many rules are to be reviewed within 30 days; so many raise no more because nobody did."""
        self._reviews.labels("soon").set(soon)
        self._reviews.labels("over").set(over)

    def set_desk(self, *, opened: int, waiting: int, overdue: int) -> None:
        """So many prompts are open, so many wait above the budget; of both so many are overdue."""
        self._overdue.set(overdue)
        self._open.set(opened)
        self._waiting.set(waiting)

    def set_oldest_open(self, seconds: float) -> None:
        """The age of the oldest open prompt."""
        self._oldest.set(seconds)

    def time_acknowledgement(self, seconds: float) -> None:
        """A worker took a prompt up or answered it for the first time, so long after it was raised."""
        self._to_ack.observe(max(0.0, seconds))

    def count_suppressed(self, count: int = 1) -> None:
        """Prompts that were raised again under the same id."""
        self._suppressed.inc(count)

    # What the learner tells.

    def count_learned(self, *, positives: int, negatives: int) -> None:
        """Rows were learned."""
        self._learned.labels("positive").inc(positives)
        self._learned.labels("negative").inc(negatives)

    def count_left_out(self, reason: str, count: int = 1) -> None:
        """Rows were not learned."""
        self._left_out.labels(reason if reason in LEFT_OUT else OTHER).inc(count)

    def set_matured(self, *, positives: int, negatives: int) -> None:
        """What the newest snapshot has learned."""
        self._matured.labels("positive").set(positives)
        self._matured.labels("negative").set(negatives)

    def count_snapshot(self) -> None:
        """A snapshot was published."""
        self._snapshots.inc()

    def set_closed_day(self, ended_at: float) -> None:
        """All families have closed the maturity day that ended then, in Unix time."""
        self._closed_day.set(ended_at)

    def set_model(self, mode: str, *, frozen: bool) -> None:
        """What the model in force may do."""
        for one in MODES:
            self._mode.labels(one).set(one == mode)
        self._frozen.set(frozen)

    def count_refusal(self, rail: str) -> None:
        """A guard rail broke."""
        self._refusals.labels(rail if rail in RAILS else OTHER).inc()

    def count_drift(self, watched: str) -> None:
        """An alarm for drift."""
        self._drift.labels(watched if watched in WATCHED else OTHER).inc()

    def set_challengers(self, verdict: str, count: int) -> None:
        """So many of the challengers that are open do like this."""
        self._challengers.labels(verdict if verdict in VERDICTS else OTHER).set(count)

    # What the engine tells.

    def set_lag(self, topic: str, partition: int, records: int, seconds: float | None = None) -> None:
        """Records of a partition of ours that are not settled, and since when."""
        labels = (self._topic(topic), str(partition) if 0 <= partition <= HIGHEST_PARTITION else OTHER)
        self._lag_records.labels(*labels).set(records)
        if seconds is not None:
            self._lag_seconds.labels(*labels).set(seconds)

    def forget_lag(self) -> None:
        """The partitions are being shared out again; those that were ours may be another's."""
        self._lag_records.clear()
        self._lag_seconds.clear()

    def count_settled(self, topic: str, records: int, seconds: float) -> None:
        """A batch was settled, which took so long."""
        self._settled.labels(self._topic(topic)).inc(records)
        self._settle.observe(seconds)

    def time_commit(self, seconds: float) -> None:
        """Offsets were committed, which took so long."""
        self._commit.observe(seconds)

    def count_rebalance(self) -> None:
        """The group shares out its partitions."""
        self._rebalances.inc()

    def note_recovery(self, remaining: int, seconds: float | None = None) -> None:
        """Changelog records still to be read, and at the end how long it took."""
        self._remaining.set(remaining)
        if seconds is not None:
            self._recovery.set(seconds)

    def count_stale_rows(self, count: int) -> None:
        """Rows that were written again."""
        self._stale_rows.inc(count)

    def count_missing(self, topic: str, count: int) -> None:
        """Records that were gone before we read them."""
        self._missing.labels(self._topic(topic)).inc(count)

    def count_tick_missed(self) -> None:
        """A tick could not be sent."""
        self._ticks_missed.inc()

    def set_broker(self, *, reachable: bool) -> None:
        """Whether a broker answers."""
        self._broker.set(reachable)

    def set_loop_lag(self, seconds: float) -> None:
        """How late the event loop turned."""
        self._loop_lag.set(seconds)

    def write(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return prometheus_client.generate_latest(self.registry)

    def _agency(self, name: str) -> str:
        return name if name in self._agencies else OTHER

    def _topic(self, name: str) -> str:
        return name if name in self._topics else OTHER

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"earlyword_{name}_total", meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"earlyword_{name}", meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"earlyword_{name}", meaning, labels, registry=self.registry, buckets=buckets)


def _kind(name: str) -> str:
    return name if name in KINDS else OTHER
