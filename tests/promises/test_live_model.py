"""A model on its whole way, on a real Apache Kafka: shadow, a label learned, the gate, live, and a rail that breaks.

Intake, families, desk and learner are the product's own processes, and what a person does is done by the product's own
commands. Nothing is written to the topics but what partners send, and the passing of time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from kafka import KafkaConsumer
from msgspec.structs import replace

from models.calendar.local_time import local_day, to_moment
from models.learning.adopting import Rails
from models.learning.canonical import to_canonical
from models.learning.gate import hash_gate_plan, hash_report
from models.learning.heads import thresholds_of
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.shelf import Shelf
from models.learning.specification import hash_specification
from schemas.examples import Scored
from schemas.identifiers import Day
from schemas.models import Head
from streams.cli import main
from streams.codecs import read_example_record
from streams.learner.stewarding import read_topic, shelf_of
from streams.simulator.arrivals import Record
from streams.topics import EXAMPLES, PROMPTS, partner_topic
from tests.engine.harness import Workers
from tests.promises.load import COUNCIL, SOURCES, hub_text
from tests.promises.running import Running, hub_on
from tests.unit.learning.gating import PLAN as MADE_UP_PLAN
from tests.unit.learning.gating import a_report

BEGIN = datetime(2026, 1, 12, 9, tzinfo=UTC)
HUB = hub_text().replace(
    'open_case_team = "front-door"\n[[team]]\nid = "front-door"\n',
    'open_case_team = "family-help"\n[[team]]\nid = "front-door"\ndaily_budget = 2\n[[team]]\nid = "family-help"\n',
)
"""Families with an open plan go to a team that has said of no model how much it has room for."""
NAME = NEED_WITHIN_90_DAYS.name
PERSON = ("--by", "A. Name", "--reason", "as agreed")
PLAN = replace(MADE_UP_PLAN, specification=hash_specification(NEED_WITHIN_90_DAYS))
RAILS = Rails(
    step_bound=1e-9,  # the next snapshot that has learned anything breaks it
    total_bound=1.0,
    precision_bar=0.1,
    alpha=1e-9,
    most_missed_difference=0.9,
    group_report_days=10_000,
)
NEGLECT, OTHER = "N1", "N8"
LIVE_DAY, SHADOW_DAY = 106, 213
"""A row's label is final 104 days after it opened."""


def tell(day: float, kind: str, child: str, /, **data: object) -> Record:
    """What the council says of a child, so many days after the beginning."""
    at = BEGIN + timedelta(days=day)
    who = {"identifiers": [{"scheme": "la-child-id", "value": child}]}
    event = {
        "specversion": "1.0",
        "id": f"{kind}-{child}-{day}",
        "source": f"urn:{COUNCIL}",
        "type": f"org.earlyword.{kind}.v1",
        "time": stamp(at),
        "data": {"child": who, **data},
    }
    headers = (("content-type", b"application/cloudevents+json"),)
    value = json.dumps(event).encode()
    return Record(partner_topic(COUNCIL, kind), child.encode(), value, headers, round(at.timestamp() * 1000))


def referral(day: float, child: str, need: str = NEGLECT, *, closed: bool = False) -> Record:
    """It was decided on the same day: else a rule would ask why not."""
    at = BEGIN + timedelta(days=day)
    return tell(
        day,
        "referral",
        child,
        referral_id=f"R-{child}-{day}",
        referred_at=stamp(at),
        source_code="2A",
        primary_need=need,
        outcome="no-further-action" if closed else "assessment",
        decided_at=stamp(at),
        factors=[],
        closed_on=None,
        closure_reason=None,
    )


def outcome(day: float, child: str, kind: str) -> Record:
    on = (BEGIN + timedelta(days=day)).date().isoformat()
    return tell(
        day, "outcome", child, outcome_id=f"U-{child}-{day}", kind=kind, occurred_on=on, result=None, referral_id=None
    )


def stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


class Hub:
    """A running hub, the persons who steer its model, and what can be read of it."""

    def __init__(self, running: Running, workers: Workers, consumer: KafkaConsumer) -> None:
        self.running, self.workers, self._consumer = running, workers, consumer

    def hear(self, *records: Record) -> None:
        """Partners send this; it is judged to the end."""
        self.running.publish(records)
        self.running.drain(self.workers)

    def let_time_pass(self, day: int) -> None:
        """It becomes this day everywhere."""
        self.running.tell_the_time(to_moment(BEGIN + timedelta(days=day)))
        self.running.drain(self.workers)

    def steer(self, *arguments: str) -> Result:
        """``earlyword ...``, which does what it is told."""
        done = CliRunner().invoke(main, [*arguments], env={"EARLYWORD_BROKER": self.running.bootstrap})
        assert done.exit_code == 0, done.output
        return done

    @property
    def shelf(self) -> Shelf:
        return shelf_of(read_topic(self._consumer), NAME)

    @property
    def head(self) -> Head | None:
        return self.shelf.head

    def await_head(self, holds: Callable[[Head], bool], what: str) -> Head:
        """The head in force, once it is such a one."""
        self.workers.await_that(lambda: self.head is not None and holds(self.head), 40, what)
        head = self.head
        assert head is not None
        return head

    def await_mode(self, version: str, mode: str) -> None:
        """Wait until families ask this snapshot in this mode, from the next batch on."""

        def in_force() -> list[tuple[str, str]]:
            lines = [json.loads(line) for line in self.workers.output("families-0").splitlines()]
            return [(line["version"], line["kind"]) for line in lines if line["event"] == "model_in_force"]

        self.workers.await_that(lambda: in_force()[-1:] == [(version, mode)], 30, f"families ask it, {mode}")

    def prompts(self) -> list[dict[str, Any]]:
        """Every revision of every prompt."""
        return [json.loads(record.value) for record in self.running.read(PROMPTS)]

    def scored(self) -> list[Scored]:
        events = (read_example_record(record.value).event for record in self.running.read(EXAMPLES))
        return [event for event in events if isinstance(event, Scored)]


def by_model(prompts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that rest on a model, first revisions."""
    return [one for one in prompts if one["revision"] == 1 and any(reason["model"] for reason in one["reasons"])]


def numbers(told: object) -> Iterator[float]:
    """Every number with a point in JSON."""
    if isinstance(told, float):
        yield told
    elif isinstance(told, dict | list):
        for part in told.values() if isinstance(told, dict) else told:
            yield from numbers(part)


@pytest.mark.broker
@pytest.mark.timeout(180)
def test_a_model_prompts_once_it_is_signed_for_and_falls_silent_when_a_rail_breaks(
    tmp_path: Path, kafka_of_its_own: str
) -> None:
    with hub_on(kafka_of_its_own, tmp_path, HUB, SOURCES) as running:
        commands = running.commands(intake_0="intake", families_0="families", desk_0="desk", learner_0="learner")
        consumer = KafkaConsumer(bootstrap_servers=kafka_of_its_own, check_crcs=False)
        try:
            with Workers(tmp_path, {name.replace("_", "-"): command for name, command in commands.items()}) as workers:
                workers.start(*(name.replace("_", "-") for name in commands))
                follow(Hub(running, workers, consumer), tmp_path)
                assert workers.stop_all() == [0, 0, 0, 0]
        finally:
            consumer.close()


def follow(hub: Hub, folder: Path) -> None:
    begun = learn_in_shadow(hub, folder)
    signed = sign_off(hub, folder, begun)
    prompt_live(hub, signed)
    break_a_rail(hub, signed)
    say_no_number(hub)


def learn_in_shadow(hub: Hub, folder: Path) -> Head:
    """Twelve referrals about neglect of which nine were followed by a plan, and eighteen others by none."""
    first = hub.await_head(lambda head: head.mode == "shadow", "the specification begins in shadow")
    plan = folder / "plan.json"
    plan.write_bytes(to_canonical(PLAN))
    hub.steer("model", "register-plan", str(plan), *PERSON)
    hub.await_mode(first.version, "shadow")
    in_need = [f"A{number}" for number in range(12)]
    hub.hear(*(referral(0, child) for child in in_need), *(referral(0, f"B{n}", OTHER) for n in range(18)))
    hub.hear(*(outcome(40, child, "cin-plan-started") for child in in_need[:9]))
    assert {(one.mode, one.reason) for one in hub.scored()} == {("shadow", None)}
    assert hub.prompts() == []
    hub.let_time_pass(LIVE_DAY - 1)
    learned = hub.await_head(lambda head: head.version != first.version, "it has learned, and adopted what it learned")
    newest = hub.shelf.newest()
    assert newest is not None
    assert (newest.version, newest.body.learned, newest.body.positives) == (learned.version, 30, 9)
    return learned


def sign_off(hub: Hub, folder: Path, head: Head) -> Head:
    """A report that passes by the registered plan, and a named person's signature."""
    until = Day(local_day(to_moment(BEGIN)) + LIVE_DAY - 2)
    plan = hash_gate_plan(PLAN)
    told = a_report(plan=plan, specification=PLAN.specification, version=head.version, until=until, rails=RAILS)
    report = folder / "report.json"
    report.write_bytes(to_canonical(told))
    hub.steer("model", "sign-off", str(report), *PERSON)
    signed = hub.await_head(lambda one: one.mode == "live", "it is live")
    assert (signed.version, signed.gate, signed.by) == (head.version, hash_report(told), "A. Name")
    shown = hub.steer("model", "show").output
    assert f"{NAME}: live" in shown
    assert "threshold: set for families without an open plan, none for others" in shown
    hub.await_mode(signed.version, "live")
    return signed


def prompt_live(hub: Hub, signed: Head) -> None:
    """Of two families of which the same was told, that without an open plan goes to a team which has room."""
    hub.hear(outcome(LIVE_DAY, "D0", "early-help-started"))
    hub.hear(referral(LIVE_DAY, "C0"), referral(LIVE_DAY, "D0"))
    (prompt,) = hub.prompts()
    assert (prompt["kind"], prompt["team"], prompt["status"]) == ("review", "front-door", "open")
    assert prompt["question"] == "Has anyone looked at all of this together?"
    (reason,) = prompt["reasons"]
    assert reason["model"] == {"specification": NAME, "version": signed.version}
    assert reason["rule"] is None
    assert reason["text"] == (
        "Days with a referral about abuse or neglect in the 365 days up to 28 April 2026: 1, the latest on 28 April"
        " 2026. The newest concern is of 28 April 2026."
    )
    assert [fact["kind"] for fact in reason["facts"]] == ["referral"]
    first, open_case = (one for one in hub.scored() if one.mode == "live")
    if first.open_case:
        first, open_case = open_case, first
    thresholds = thresholds_of(signed)
    assert (first.reason, first.threshold) == (reason["id"], thresholds.first)
    assert (open_case.open_case, open_case.reason, open_case.threshold) == (True, None, thresholds.open_case)
    assert open_case.score > first.threshold > 0
    verified = hub.steer("verify", prompt["prompt_id"]).output
    assert (
        f"the same bits, score and {len(first.contributions)} contributions, by snapshot {signed.version}" in verified
    )


def break_a_rail(hub: Hub, signed: Head) -> None:
    """The next snapshot goes too far: shadow, frozen, by itself. The same story prompts no more, and a rule does."""
    hub.let_time_pass(SHADOW_DAY - 1)
    demoted = hub.await_head(lambda head: head.mode == "shadow", "a rail broke")
    assert (demoted.version, demoted.frozen, demoted.gate, demoted.by) == (signed.version, True, None, "learner")
    assert demoted.reason.startswith("step: ")
    hub.await_mode(signed.version, "shadow")
    hub.hear(referral(SHADOW_DAY, "E0"), referral(SHADOW_DAY, "F0", OTHER, closed=True))
    hub.hear(referral(SHADOW_DAY + 2, "F0", OTHER))
    assert len(by_model(hub.prompts())) == 1
    (by_rule,) = [one for one in hub.prompts() if one["revision"] == 1 and one not in by_model([one])]
    assert by_rule["reasons"][0]["rule"]["id"] == "contact-after-no-action"
    after = [one for one in hub.scored() if local_day(one.at) >= local_day(to_moment(BEGIN)) + SHADOW_DAY]
    assert {(one.mode, one.reason) for one in after} == {("shadow", None)}
    assert len(after) == 2


def say_no_number(hub: Hub) -> None:
    """No score, threshold or weight is in a prompt or in a line of a log."""
    prompts = hub.prompts()
    assert list(numbers(prompts)) == []
    published = re.sub(r"\d\d:\d\d:\d\d(\.\d+)?Z", "", json.dumps(prompts))
    logs = re.sub(r'"at": "[^"]*"', "", "".join(hub.workers.output(name) for name in hub.workers.running))
    for one in hub.scored():
        for number in (one.score, one.threshold, *(value for _, value in one.contributions)):
            if number is not None:
                assert f"{abs(number):.6f}"[2:] not in published
                assert repr(abs(number)) not in logs
    assert not re.search(r"score|threshold|weight|probab|percent|%", published, re.IGNORECASE)
