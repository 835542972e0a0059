"""The processes, one command each, and what prepares a broker for them."""

from __future__ import annotations

from typing import Any

import click

from streams.commands.saying import speak_plainly, stop
from streams.kafka.admin import BrokerAwayError, TopicRefusedError, apply, check, client_options, open_admin
from streams.kafka.doctor import examine
from streams.serve import serve, serve_alone, topics_of
from streams.settings import Settings, read_settings
from streams.topics import Topic


@click.command("intake")
@speak_plainly
def intake_command() -> None:
    """Partners' events in: checked, under pseudonyms, to the families they name. Holds the hub's key."""
    from streams.intake.process import build

    serve(read_settings(), "intake", build, reads_links=True)


@click.command("families")
@speak_plainly
def families_command() -> None:
    """One small story per family; what the rules call for goes to the desk."""
    from streams.families.models import refuse_live_without_gate
    from streams.families.process import build

    serve(read_settings(), "families", build, reads_models=True, refuse=refuse_live_without_gate)


@click.command("desk")
@speak_plainly
def desk_command() -> None:
    """Review prompts within each team's budget, and what workers did with them."""
    from streams.desk.process import build

    serve(read_settings(), "desk", build, stands_by=True)


@click.command("learner")
@speak_plainly
def learner_command() -> None:
    """Outcomes in, snapshots of the model out; they serve within the guard rails, and as `earlyword model` says."""
    from models.learning.registered import NEED_WITHIN_90_DAYS
    from models.learning.specification import hash_features
    from streams.learner.process import Assignment, learn

    assignment = Assignment(NEED_WITHIN_90_DAYS, hash_features(NEED_WITHIN_90_DAYS))
    serve_alone(read_settings(), "learner", lambda settings, watch: learn(settings, watch, assignment))


@click.group("topics")
def topics_group() -> None:
    """The topics that earlyword reads and writes."""


@topics_group.command("apply")
@speak_plainly
def apply_command() -> None:
    """Create the topics that are missing."""
    settings = read_settings()
    with _admin(settings) as admin:
        try:
            made = apply(admin, _topics(settings), settings.copies)
        except TopicRefusedError as error:
            stop(str(error))
    click.echo(f"{len(made)} topics created")


@topics_group.command("check")
@speak_plainly
def check_command() -> None:
    """Say which topics are not as they must be. Exit code 1 if any is not."""
    settings = read_settings()
    with _admin(settings) as admin:
        problems = check(admin, _topics(settings))
    for problem in problems:
        click.echo(problem)
    if problems:
        raise SystemExit(1)
    click.echo("all topics are as declared")


def _topics(settings: Settings) -> tuple[Topic, ...]:
    settings.need_hub()  # without a hub there would be no partner topics
    return topics_of(settings)


class _admin:  # noqa: N801  # a context manager, used as a word
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __enter__(self) -> Any:
        try:
            self._client = open_admin(self._settings.broker, options=client_options(self._settings))
        except BrokerAwayError as error:
            stop(f"{error} Check EARLYWORD_BROKER.", 1)
        return self._client

    def __exit__(self, *unused: object) -> None:
        self._client.close()


@click.command("doctor")
@speak_plainly
def doctor_command() -> None:
    """Look at Java, jars, broker and topics, and say what is not well. Exit code 1 if anything is not."""
    settings = read_settings()
    findings = examine(settings, topics_of(settings))
    for finding in findings:
        click.echo(f"{'well' if finding.is_well else 'NOT WELL'}: {finding.sentence}")
    if not all(finding.is_well for finding in findings):
        raise SystemExit(1)
