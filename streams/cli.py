"""The ``earlyword`` command."""

from __future__ import annotations

import click

from streams.commands.benchmarking import benchmark_command
from streams.commands.carding import card_command
from streams.commands.demonstration import demo_command
from streams.commands.evaluating import evaluate_command
from streams.commands.files import convert_command, rehearse_command, validate_command
from streams.commands.letters import dead_letters_group
from streams.commands.modelling import model_group
from streams.commands.publishing import publish_command
from streams.commands.simulating import town_command
from streams.commands.verifying import verify_command
from streams.commands.workers import (
    desk_command,
    doctor_command,
    families_command,
    intake_command,
    learner_command,
    topics_group,
)


@click.group()
@click.version_option(package_name="earlyword")
def main() -> None:
    """An early word, not a warning: earlyword asks a person to look. It never decides."""


for command in (
    demo_command,
    intake_command,
    families_command,
    desk_command,
    learner_command,
    topics_group,
    doctor_command,
    dead_letters_group,
    model_group,
    publish_command,
    rehearse_command,
    validate_command,
    convert_command,
    town_command,
    evaluate_command,
    card_command,
    verify_command,
    benchmark_command,
):
    main.add_command(command)

if __name__ == "__main__":
    main()
