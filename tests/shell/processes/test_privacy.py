"""Nothing that a partner wrote is in logs, metrics, our headers or keys: events full of a marker, then a search."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path

import pytest

from streams.simulator.arrivals import Record
from streams.topics import DEAD_LETTERS, DESK_EVENTS, FAMILY_EVENTS, LINKS, PROMPTS, STATEMENTS, partner_topic
from tests.engine.harness import Workers
from tests.promises.load import COUNCIL, POLICE, SOURCES, hub_text
from tests.promises.running import hub_on

MARKER = "ZZmarkerZZ"
STRUCTURED = (("content-type", b"application/cloudevents+json"),)


def _event(kind: str, agency: str, number: int, data: object) -> bytes:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"{MARKER}-{number}",
            "source": f"urn:{agency}/{MARKER}",
            "type": f"org.earlyword.{kind}.v1",
            "time": "2026-03-02T09:00:00Z",
            "subject": MARKER,
            "data": data,
        }
    ).encode()


def _notification(number: int) -> dict[str, object]:
    return {
        "notification_id": f"{MARKER}{number}",
        "occurrence_ref": f"{MARKER}{number}",
        "notice_type": "PPN",
        "occurred_at": f"2026-03-0{number + 1}T08:00:00Z",
        "grade": "green",
        "concerns": [],
        "children": [
            {
                "identifiers": [{"scheme": "police-nominal", "value": MARKER}],
                "role": "subject",
                "present": True,
                "spoken_to": False,
            }
        ],
        "missing": None,
    }


def _records() -> list[Record]:
    topic = partner_topic(POLICE, "police-notification")
    good = [_event("police-notification", POLICE, n, _notification(n)) for n in range(3)]
    bad = [
        MARKER.encode(),
        b'{"a": "' + MARKER.encode() + b'", "a": NaN}',
        b"\xff" + MARKER.encode(),
        _event("police-notification", POLICE, 10, {MARKER: MARKER}),
        _event("police-notification", POLICE, 11, {**_notification(1), "grade": MARKER}),
        _event(MARKER, POLICE, 12, {}),
        _event("police-notification", MARKER, 13, _notification(1)),
        _event("police-notification", POLICE, 0, {**_notification(0), "grade": "amber"}),  # an id used again
        _event("referral", COUNCIL, 14, {MARKER: [MARKER]}),
        b"[" * 5000 + MARKER.encode(),
    ]
    stamp = 1_772_900_000_000
    records = [Record(topic, MARKER.encode(), value, STRUCTURED, stamp) for value in (*good, *bad)]
    odd = (("ce_" + MARKER, MARKER.encode() + b"\xff"), ("ce_id", MARKER.encode()))
    return [*records, Record(topic, MARKER.encode(), None, (), stamp), Record(topic, None, good[0], odd, stamp)]


@pytest.mark.broker
@pytest.mark.timeout(300)
def test_nothing_that_a_partner_wrote_leaves_by_accident(tmp_path: Path, kafka_of_its_own: str) -> None:
    with hub_on(kafka_of_its_own, tmp_path, hub_text(), SOURCES) as running:
        commands = running.commands(intake_0="intake", families_0="families", desk_0="desk")
        with Workers(tmp_path, commands) as workers:
            workers.start(*commands)
            running.publish(_records())
            running.drain(workers)
            metrics = [_metrics(workers.output(name)) for name in commands]
            workers.stop_all()
            logs = [workers.output(name) for name in commands]
        letters = running.read(DEAD_LETTERS)
        assert len(letters) == 12
        assert len(running.read(PROMPTS)) == 1
        ours = [
            f"{name}={content!r}"
            for letter in letters
            for name, content in letter.headers
            if name.startswith("earlyword-")
        ]
        keys = [repr(r.key) for t in (STATEMENTS, LINKS, FAMILY_EVENTS, DESK_EVENTS, PROMPTS) for r in running.read(t)]
        inner = [repr(record.value) for t in (DESK_EVENTS, PROMPTS) for record in running.read(t)]
    for text in (*logs, *metrics, *ours, *keys, *inner):
        assert MARKER not in text
    assert all("earlyword_" in text for text in metrics)


def _metrics(log: str) -> str:
    found = re.search(r'"address": "([^"]+)"', log)
    assert found is not None
    with urllib.request.urlopen(f"http://{found[1]}/metrics", timeout=10) as answer:
        return str(answer.read().decode())
