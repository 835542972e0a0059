"""``earlyword model``: what serves, who decided it, and what persons may do about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError

from streams.commands.asked import read_json
from streams.commands.reporting import report_command
from streams.commands.saying import speak_plainly, stop
from streams.kafka.admin import client_options
from streams.settings import read_settings

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
REFUSED = 1
Command = TypeVar("Command", bound=Callable[..., Any])


@click.group("model")
def model_group() -> None:
    """The model: show, report, register-plan, sign-off, freeze, unfreeze, rollback, retire.

    A person is named for each step that decides something.
    """


model_group.add_command(report_command)


def _by_a_person(command: Command) -> Command:
    """A step that a named person takes: who, and why; and the sentences of refusals."""

    @click.option("--by", required=True, help="Your name; it is kept in the audit.")
    @click.option("--reason", required=True, help="Why; it is kept in the audit.")
    @click.option("--specification", help="Which model, where there are several.")
    @speak_plainly
    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from models.learning.heads import RefusedStepError
        from streams.learner.stewarding import NothingToSteerError

        try:
            return command(*args, **kwargs)
        except (RefusedStepError, NothingToSteerError) as refusal:
            stop(str(refusal).rstrip(".") + ".", REFUSED)

    return cast("Command", run)


@model_group.command("show")
@click.option("--specification", help="Which model, where there are several.")
@click.option("--report", type=EXISTING, help="A report, JSON: say what it lacks to pass the gate.")
@speak_plainly
def show_command(specification: str | None, report: Path | None) -> None:
    """What is in force, since when, by whom; what was learned; and with --report what the gate would refuse."""
    from models.learning.gate import find_missing, hash_gate_plan
    from models.learning.heads import name_state, thresholds_of
    from streams.learner.challenging import describe_standings, find_standings
    from streams.learner.stewarding import NothingToSteerError, name_of, read_topic, shelf_of

    with _broker() as (consumer, _):
        try:
            records = read_topic(consumer)
            name = name_of(records, specification)
        except NothingToSteerError as nothing:
            stop(str(nothing), REFUSED)
        shelf = shelf_of(records, name)
        standings = find_standings(records, name)
    head, newest, plan = shelf.head, shelf.newest(), shelf.plan
    told = None if report is None else _read_report(report)
    missing = (
        ()
        if told is None or plan is None
        else find_missing(plan, hash_gate_plan(plan), told, today=_today(), signed_by=None)
    )
    lacks_only = told is not None and plan is not None and [one.condition for one in missing] == ["sign-off"]
    click.echo(f"{name}: {name_state(head, lacks_only_a_signature=lacks_only)}")
    if head is not None:
        frozen = ", adoption frozen" if head.frozen else ""
        click.echo(f"  in force: snapshot {head.version}{frozen}; since {head.at}, {head.by}: {head.reason}")
        click.echo(f"  gate: {head.gate or 'not passed'}; threshold: {_say_which(thresholds_of(head))}")
    if newest is not None:
        body = newest.body
        click.echo(
            f"  newest: snapshot {newest.version}, {body.learned} rows learned, {body.positives} of them positive"
        )
    click.echo(f"  plan: {'not registered' if plan is None else hash_gate_plan(plan)}")
    for line in describe_standings(standings):
        click.echo(f"  {line}")
    for one in missing:
        click.echo(f"  missing, {one.condition}: {one.what}")


@model_group.command("register-plan")
@click.argument("plan_file", type=EXISTING)
@_by_a_person
def register_plan_command(plan_file: Path, by: str, reason: str, specification: str | None) -> None:
    """Register the plan of the gate, JSON: once, and before the first label is learned."""
    from models.learning.canonical import to_canonical
    from models.learning.gate import GatePlan, hash_gate_plan
    from models.learning.heads import RefusedStepError
    from schemas.models import PLAN
    from streams.learner.stewarding import Steward, name_of, read_topic, shelf_of

    plan = read_json(plan_file, GatePlan, "plan of the gate")
    with _broker() as (consumer, producer):
        records = read_topic(consumer)
        name = name_of(records, specification)
        shelf = shelf_of(records, name)
        newest = shelf.newest()
        if shelf.plan is not None:
            raise RefusedStepError("a plan is registered already, and is never changed")
        if newest is not None and newest.body.learned:
            raise RefusedStepError("labels were learned already; a plan made now would know them")
        if newest is not None and newest.body.specification_hash != plan.specification:
            raise RefusedStepError(
                f"the plan is for another specification; this one is {newest.body.specification_hash}"
            )
        steward = Steward(consumer, producer, name)
        steward.write(PLAN + name, to_canonical(plan))
        steward.note("plan-registered", by=by, reason=reason, at=_now(), hash_=hash_gate_plan(plan))
    click.echo(f"{name}: plan {hash_gate_plan(plan)} registered")


@model_group.command("sign-off")
@click.argument("report_file", type=EXISTING)
@_by_a_person
def sign_off_command(report_file: Path, by: str, reason: str, specification: str | None) -> None:
    """Let the model prompt people, after a report, JSON, that passes the gate. Otherwise says all that is missing."""
    from models.learning.canonical import to_canonical
    from models.learning.gate import find_missing, hash_gate_plan, hash_report
    from models.learning.heads import RefusedStepError, sign_off
    from models.learning.reference_set import largest_change
    from schemas.models import GATE
    from streams.learner.stewarding import Steward, name_of, read_topic, shelf_of

    report = _read_report(report_file)
    with _broker() as (consumer, producer):
        records = read_topic(consumer)
        name = name_of(records, specification)
        shelf = shelf_of(records, name)
        if shelf.plan is None:
            raise RefusedStepError(
                "no plan was registered before the first label; register one for a new specification"
            )
        missing = [
            f"{one.condition}: {one.what}"
            for one in find_missing(shelf.plan, hash_gate_plan(shelf.plan), report, today=_today(), signed_by=by)
        ]
        signed_for = shelf.snapshot(report.version)
        serving = None if shelf.head is None else shelf.snapshot(shelf.head.version)
        if signed_for is None or serving is None:
            missing.append("plan: the snapshot that the report is about is not known here")
        elif report.rails is not None and largest_change(signed_for, serving) > report.rails.total_bound:
            missing.append("plan: the model has moved too far since the report")
        if missing:
            click.echo(f"{name}: not signed off; missing:")
            for what in missing:
                click.echo(f"  {what}")
            raise SystemExit(REFUSED)
        gate = hash_report(report)
        steward = Steward(consumer, producer, name)
        steward.write(GATE + gate, to_canonical(report))
        at = _now()
        steward.decide("signed-off", lambda head: sign_off(head, gate, by=by, reason=reason, at=at), gate)
    click.echo(f"{name}: live, by the report {gate}")


@model_group.command("freeze")
@_by_a_person
def freeze_command(by: str, reason: str, specification: str | None) -> None:
    """Adopt no further snapshot; what serves goes on as it is."""
    from models.learning.heads import freeze

    _take_step("frozen", specification, lambda head, at: freeze(head, by=by, reason=reason, at=at))


@model_group.command("unfreeze")
@_by_a_person
def unfreeze_command(by: str, reason: str, specification: str | None) -> None:
    """Adopt snapshots again, within the rails. Promotes nothing."""
    from models.learning.heads import unfreeze

    _take_step("unfrozen", specification, lambda head, at: unfreeze(head, by=by, reason=reason, at=at))


@model_group.command("rollback")
@click.argument("version")
@_by_a_person
def rollback_command(version: str, by: str, reason: str, specification: str | None) -> None:
    """Let the earlier snapshot VERSION serve; freezes adoption too."""
    from models.learning.heads import RefusedStepError, roll_back
    from streams.learner.stewarding import name_of, read_topic, shelf_of

    with _broker() as (consumer, _):
        records = read_topic(consumer)
        if shelf_of(records, name_of(records, specification)).snapshot(version) is None:
            raise RefusedStepError("there is no snapshot of that version; see `earlyword model show`")
    _take_step("rolled-back", specification, lambda head, at: roll_back(head, version, by=by, reason=reason, at=at))


@model_group.command("retire")
@_by_a_person
def retire_command(by: str, reason: str, specification: str | None) -> None:
    """Silence the model for good: no scoring, no prompts. The rules go on."""
    from models.learning.heads import retire

    _take_step("retired", specification, lambda head, at: retire(head, by=by, reason=reason, at=at))


def _take_step(what: str, specification: str | None, step: Callable[[Any, str], Any]) -> None:
    from streams.learner.stewarding import Steward, name_of, read_topic

    with _broker() as (consumer, producer):
        name = name_of(read_topic(consumer), specification)
        at = _now()
        head = Steward(consumer, producer, name).decide(what, lambda before: step(before, at))
    frozen = ", adoption frozen" if head.frozen else ""
    click.echo(f"{name}: {what}; {head.mode}, snapshot {head.version}{frozen}")


@contextmanager
def _broker() -> Iterator[tuple[KafkaConsumer, KafkaProducer]]:
    settings = read_settings()
    options = {"bootstrap_servers": list(settings.broker), **client_options(settings)}
    try:
        consumer, producer = KafkaConsumer(**options), KafkaProducer(acks="all", **options)
    except KafkaError:
        stop("no broker answers; check EARLYWORD_BROKER.", REFUSED)
    try:
        yield consumer, producer
    except KafkaError as error:
        stop(f"the broker did not do it ({type(error).__name__}); see `earlyword model show` for what stands.", REFUSED)
    finally:
        producer.close()
        consumer.close()


def _say_which(thresholds: Any) -> str:
    """For which families there is a threshold; never how high it is."""
    match (thresholds.first is not None, thresholds.open_case is not None):
        case (True, True):
            return "set"
        case (False, False):
            return "none"
        case (True, False):
            return "set for families without an open plan, none for others"
        case _:
            return "set for families with an open plan, none for others"


def _read_report(path: Path) -> Any:
    from models.learning.gate import GateReport

    return read_json(path, GateReport, "report of the gate")


def _now() -> str:
    return datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _today() -> Any:
    from models.calendar.local_time import local_day
    from schemas.identifiers import Moment

    return local_day(Moment(time.time_ns() // 1000))
