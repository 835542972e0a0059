"""Commands that work on files, without a broker: rehearse, validate, convert (EVENTS section 6)."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from models.calendar.local_time import local_day
from models.family.reviews import reviews_due
from models.family.rules import RulePack
from streams.commands.asked import datetime_of, hub_of, key_of_settings, moment_of
from streams.commands.converted import AsJson, InWords
from streams.commands.rehearsed import Told
from streams.commands.rehearsed import as_json as write_rehearsal
from streams.commands.rehearsed import show as show_rehearsal
from streams.commands.saying import Writable, bar, lines_of, speak_plainly, stop
from streams.connectors.formats import FORMATS, convert_file
from streams.intake.validation import LineVerdict, validate_file
from streams.process import read_pack
from streams.rehearsal import compare, rehearse, write_prompts

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITABLE = Writable()


@click.command("rehearse")
@click.argument("events", type=EXISTING)
@click.option("--hub", "hub_file", type=EXISTING, help="hub.toml; without it a built-in hub that agrees to all kinds.")
@click.option("--rules", type=EXISTING, help="A rule pack in TOML; without it the default one.")
@click.option("--until", help="Let time pass up to this moment (RFC 3339, included) after the last event.")
@click.option("--out", type=WRITABLE, required=True, help="Where to write every prompt revision, a line each.")
@click.option("--against", help="Another rule pack, a TOML file or `default`: print what would change.")
@click.option("--json", "as_json", is_flag=True, help="Print the balance as one JSON object.")
@click.option("--figures", is_flag=True, help="With --json: the figures of each team, families and agencies as well.")
@speak_plainly
def rehearse_command(
    events: Path,
    hub_file: Path | None,
    rules: Path | None,
    until: str | None,
    out: Path,
    against: str | None,
    as_json: bool,
    figures: bool,
) -> None:
    """What would these EVENTS have led to? Intake, families and desk as pure functions, in file order.

    With --against, the same events are told to a second rule pack as well. The prompts written are those of --rules.
    """
    if out.exists() and out.samefile(events):
        stop("--out is the file of events; name another.")
    hub = hub_of(hub_file)
    packs = [read_pack(rules), *([] if against is None else [_other_pack(against)])]
    moment = moment_of("--until", until)
    key = key_of_settings()
    with bar("rehearsing", events.stat().st_size * len(packs)) as advance:
        rehearsed = [rehearse(lines_of(events), hub, pack, key, moment, advance) for pack in packs]
    with out.open("wb") as file:
        file.writelines(write_prompts(rehearsed[0].sequence.revisions))
    for review in reviews_due(packs[0], local_day(rehearsed[0].clock)):
        click.echo(review.in_words(), err=True)
    told = [Told(pack, one.balance(), one.figures()) for pack, one in zip(packs, rehearsed, strict=True)]
    other = told[1] if len(told) > 1 else None
    revisions = [one.sequence.revisions for one in rehearsed]
    difference = None if other is None else compare(revisions[0], revisions[1])
    if as_json:
        click.echo(write_rehearsal(told[0], other, difference, figures=figures))
    else:
        show_rehearsal(told[0], other, difference)


@click.command("validate")
@click.argument("events", type=EXISTING)
@click.option("--hub", "hub_file", type=EXISTING, help="hub.toml; without it a built-in hub that agrees to all kinds.")
@speak_plainly
def validate_command(events: Path, hub_file: Path | None) -> None:
    """Check each of a partner's EVENTS exactly as intake would. Exit code 1 if any is refused."""
    refused = read = 0
    hub = hub_of(hub_file)
    with bar("validating", events.stat().st_size) as advance:

        def counted() -> object:
            for line in lines_of(events):
                advance(len(line))
                yield line

        for report in validate_file(counted(), hub):  # type: ignore[arg-type]
            read += 1
            if report.verdict is LineVerdict.REFUSED and report.reason is not None:
                refused += 1
                where = " ".join(report.fields)
                click.echo(f"line {report.line}: {report.reason.name} {where}".rstrip())
    click.echo(f"{read} events read, {refused} refused")
    sys.exit(1 if refused else 0)


@click.command("convert")
@click.argument("file", type=EXISTING)
@click.option("--format", "format_name", required=True, help=f"One of: {', '.join(sorted(FORMATS))}.")
@click.option("--agency", required=True, help="The agency that the file comes from, as in hub.toml.")
@click.option("--source", help="The CloudEvents source to write; by default urn:earlyword:<agency>.")
@click.option("--recorded-at", help="When the file was made (RFC 3339), where it does not say so itself.")
@click.option("--out", type=WRITABLE, required=True, help="Where to write the events, a line each.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts and reports as one JSON object.")
@speak_plainly
def convert_command(
    file: Path, format_name: str, agency: str, source: str | None, recorded_at: str | None, out: Path, as_json: bool
) -> None:
    """A partner's FILE to wire events. Every refused record is reported with its place and reason, never its value."""
    telling = AsJson(click.echo) if as_json else InWords(click.echo)
    with bar("converting", file.stat().st_size) as advance:
        seen = 0

        def on_bytes(total: int) -> None:
            nonlocal seen
            advance(total - seen)
            seen = total

        tally = convert_file(
            file,
            out,
            format_name=format_name,
            agency=agency,
            source=source,
            recorded_at=datetime_of("--recorded-at", recorded_at),
            on_bytes=on_bytes,
            on_report=telling.report,
        )
    telling.end(tally)
    sys.exit(0 if tally.is_complete else 1)


def _other_pack(name: str) -> RulePack:
    """The pack of ``--against``: the default one, or that of a file."""
    return read_pack(None if name == "default" else Path(name))
