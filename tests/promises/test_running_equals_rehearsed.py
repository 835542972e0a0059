"""``earlyword rehearse`` and the running system give the same prompts and the same stories for the same events.

A town is told to the running processes in the order of the file, a few families at a time, each wave only when the
one before is settled: so every family, and the desk, hears things in the order in which the rehearsal does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from models.calendar.local_time import local_day
from models.family.state import canonical
from schemas.identifiers import Moment
from streams.hub import parse_hub
from streams.intake.accept import Accepted, Door
from streams.intake.pseudonyms import HubKey
from streams.process import read_pack
from streams.rehearsal import Rehearsal
from streams.simulator.arrivals import Arrival, Record, inbound_topic, to_line
from streams.simulator.town import Town, arrivals
from streams.topics import PROMPTS
from tests.engine.harness import Workers
from tests.promises.running import KEY, hub_on

TOWN = Town(
    seed=4, families=10, days=45, malformed=0.02, daily_share=0.0, occurrences_a_year=16.0, referrals_a_year=5.0
)
STRUCTURED = (("content-type", b"application/cloudevents+json"),)
LARGEST_WAVE = 40


@pytest.mark.broker
@pytest.mark.timeout(600)
def test_the_running_system_says_what_the_rehearsal_says(fresh_kafka: object, tmp_path: Path) -> None:
    told = [arrival for arrival in arrivals(TOWN) if arrival.fate == arrival.fate_in_file]
    rehearsal = Rehearsal(parse_hub(TOWN.hub()), read_pack(), HubKey(KEY.encode()))
    waves = list(rehearse_in_waves(rehearsal, told))
    expected = sorted(msgspec.json.encode(prompt) for prompt in rehearsal.sequence.revisions)
    assert len(expected) > 10, "the town is too quiet to tell anything"

    sources = {(arrival.agency, arrival.kind) for arrival in told}
    hub = parse_hub(TOWN.hub())
    sources |= {(source.agency, source.kind) for source in hub.sources}
    with hub_on(fresh_kafka.bootstrap, tmp_path, TOWN.hub(), sources) as running:  # type: ignore[attr-defined]
        commands = running.commands(intake_0="intake", families_0="families", desk_0="desk")
        with Workers(tmp_path, commands) as workers:
            workers.start(*commands)
            for moment, wave in waves:
                if moment is not None:
                    running.tell_the_time(moment)
                    running.drain(workers)
                running.publish(wave)
                running.drain(workers)
            running.tell_the_time(rehearsal.clock)
            running.drain(workers)
            assert workers.stop_all() == [0, 0, 0]
        published = sorted(record.value for record in running.read(PROMPTS))
        assert not (different := _differences(published, expected)), "\n".join(different)
        assert published == expected
        lived = {name: canonical(state) for name, state in running.stories().items()}
    assert lived == {state.family: canonical(state) for state in rehearsal.sequence.families.values()}


def _differences(published: list[bytes], expected: list[bytes]) -> list[str]:
    """Prompt, revision and field of each difference: two lists of long lines tell nobody anything."""
    found, wanted = (
        {(prompt["prompt_id"], prompt["revision"]): prompt for prompt in map(msgspec.json.decode, lines)}
        for lines in (published, expected)
    )
    lists = [f"missing: {key}" for key in sorted(wanted.keys() - found.keys())]
    lists += [f"too many: {key}" for key in sorted(found.keys() - wanted.keys())]
    return lists + [
        f"{key} {name}: {found[key][name]} instead of {wanted[key][name]}"
        for key in sorted(found.keys() & wanted.keys())
        for name in wanted[key]
        if found[key][name] != wanted[key][name]
    ]


def rehearse_in_waves(rehearsal: Rehearsal, told: list[Arrival]) -> Iterator[tuple[Moment | None, list[Record]]]:
    """Rehearse, and cut the records into runs in which nothing depends on the order of two of them.

    With each run comes the moment to tell everybody before it, None where time alone changes nothing.
    """
    door = Door(parse_hub(TOWN.hub()), HubKey(KEY.encode()))
    clock: Moment | None = None
    wave: list[Record] = []
    touched: set[str] = set()  # identifiers, families and keys
    moment: Moment | None = None
    for arrival in told:
        line = to_line(arrival)
        answer = door.accept_line(line, clock)
        statement = answer.statement if isinstance(answer, Accepted) else None
        before, last_day = len(rehearsal.sequence.told_to_desk), clock
        rehearsal.read_line(line)
        identifiers = {name for named in statement.named for name in named.identifiers} if statement else set()
        names: set[str] = {*identifiers, *(rehearsal.sequence.links.place(name).family for name in identifiers)}
        names |= {str(statement.key)} if statement else set()
        names |= {"links"} if statement and statement.kind == "family-link" else set()
        now = statement.received_at if statement else clock or Moment(arrival.received_ms * 1000)
        spoke = len(rehearsal.sequence.told_to_desk) > before
        new_day = last_day is not None and local_day(now) != local_day(last_day)
        alone = "links" in names or "links" in touched
        if wave and (names & touched or spoke or new_day or alone or len(wave) >= LARGEST_WAVE):
            yield moment, wave
            wave, touched, moment = [], set(), now if spoke or new_day else None
        if statement is not None:
            clock = now
        wave.append(
            Record(inbound_topic(arrival.agency, arrival.kind), arrival.key.encode(), line, STRUCTURED, now // 1000)
        )
        touched |= names
    yield moment, wave
