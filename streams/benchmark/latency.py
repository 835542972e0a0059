"""From a partner's publishing to the prompt on its topic, with intake, families and desk running.

The load is a working day's: mostly session marks, and now and then a further contact about a child whose earlier
referral led to no action, which raises a prompt at once. All is said at one moment of the story, so no time passes in
it; what is measured is the clock on the wall between handing a contact to our client and reading its prompt.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from models.intake.links import LinkMap
from schemas.facts import WireKind
from schemas.wire.kinds import type_of
from streams.benchmark.bench import DESK_TOPICS, FAMILY_TOPICS, GROUPS, INTAKE_TOPICS, RUN_SECONDS, START_SECONDS, Bench
from streams.benchmark.broker import Parcel
from streams.benchmark.children import BenchmarkFailedError, Child
from streams.benchmark.figures import Figure, quantile
from streams.benchmark.notes import Note
from streams.intake.pseudonyms import HubKey, Pseudonyms
from streams.topics import FAMILY_EVENTS, FAMILY_PARTITIONS, PROMPTS, partner_topic

EVENTS_A_SECOND: Final = 500
CONTACT_EVERY: Final = 50
"""One event in so many is a contact that raises: 10 prompts a second, more than a hub has in a day."""
PUPILS: Final = 2_000
WARM_UP_SECONDS: Final = 3.0
"""Of the load, not counted: the first events through three cold processes are no figure of a running system."""
DRAIN_SECONDS: Final = 15.0
BEAT_SECONDS: Final = 0.01

COUNCIL: Final = "benchmark-council"
SCHOOLS: Final = "benchmark-schools"
_NOW: Final = datetime(2026, 3, 12, 10, 0, tzinfo=UTC)  # a Thursday in term
_AGENCIES: Final[tuple[tuple[str, WireKind], ...]] = ((COUNCIL, "referral"), (SCHOOLS, "school-absence"))

HUB: Final = """\
[hub]
id = "benchmark"
name = "A hub to measure latency with"
open_case_team = "front-door"

[[team]]
id = "front-door"
hours = { mon = "08:30-17:30", tue = "08:30-17:30", wed = "08:30-17:30", thu = "08:30-17:30", fri = "08:30-17:00" }

[[term]]
from = 2026-01-05
to = 2026-03-27
""" + "".join(
    f"""
[[agency]]
id = "{agency}"
systems = ["urn:{agency}"]

[[source]]
agency = "{agency}"
kind = "{kind}"
lawful_basis = "none needed: nobody lives here"
agreement = "none"
from = 2026-01-01
until = 2026-12-31
expected_every_days = 1
"""
    for agency, kind in _AGENCIES
)
"""No daily budget, so that every prompt opens at once."""


def measure_latency(bench: Bench, key: HubKey) -> Figure:
    """Start the three processes, load them, and give the quantiles in milliseconds."""
    with bench.bar("emptying all topics", None):
        topics = dict.fromkeys((*INTAKE_TOPICS, *FAMILY_TOPICS, *DESK_TOPICS))
        bench.broker.renew(GROUPS, tuple(topics))
    seconds = WARM_UP_SECONDS + bench.plan.latency_seconds
    load = list(_load(int(seconds * EVENTS_A_SECOND)))
    contacts = [number for number, parcel in enumerate(load) if parcel.topic == partner_topic(COUNCIL, "referral")]
    with ExitStack() as processes:
        workers = {
            name: processes.enter_context(bench.start(name, hub=bench.calm_hub))
            for name in ("intake", "families", "desk")
        }
        for worker in workers.values():
            worker.await_note("ready", START_SECONDS)
        with bench.bar("telling of earlier referrals", len(contacts)) as advance:
            bench.broker.load([_referral(number, further=False) for number in contacts])
            _await_settled(workers["families"], len(contacts), advance)
        with bench.bar("latency", len(load)) as advance:
            published, prompted = asyncio.run(_run(bench.broker.bootstrap, load, key, advance))
    delays = [
        (prompted[family] - at) * 1000
        for family, at in published.items()
        if family in prompted and at >= min(published.values()) + WARM_UP_SECONDS
    ]
    missing = len(published.keys() - prompted.keys())
    if missing:
        raise BenchmarkFailedError(f"{missing} of {len(published)} contacts led to no prompt in time.")
    return {
        "p50_ms": round(quantile(delays, 0.5), 1),
        "p99_ms": round(quantile(delays, 0.99), 1),
        "max_ms": round(max(delays), 1),
        "prompts": len(delays),
        "events_per_second": EVENTS_A_SECOND,
        "seconds": bench.plan.latency_seconds,
    }


def _load(events: int) -> Iterator[Parcel]:
    for number in range(events):
        if number % CONTACT_EVERY == 0:
            yield _referral(number, further=True)
        else:
            yield _mark(number)


def _referral(number: int, *, further: bool) -> Parcel:
    """A contact, or the referral a week before it that was decided without action."""
    at = _NOW - timedelta(hours=1) if further else _NOW - timedelta(days=7)
    decided = None if further else (at + timedelta(hours=2)).isoformat()
    data: dict[str, Any] = {
        "referral_id": f"R-{number}-{'further' if further else 'first'}",
        "child": _child(f"child-{number}"),
        "referred_at": at.isoformat(),
        "source_code": "5A",
        "primary_need": None,
        "outcome": None if further else "no-further-action",
        "decided_at": decided,
        "factors": [],
        "closed_on": None,
        "closure_reason": None,
    }
    return _parcel(COUNCIL, "referral", f"child-{number}", str(data["referral_id"]), data)


def _mark(number: int) -> Parcel:
    """One session of one pupil; the next round of pupils has the next session."""
    pupil, session = number % PUPILS, number // PUPILS
    on = _NOW.date() - timedelta(days=session // 2)
    mark = {"date": on.isoformat(), "session": "PM" if session % 2 else "AM", "code": "I" if pupil % 20 == 0 else "/"}
    data = {"child": _child(f"pupil-{pupil}"), "school": "900001", "marks": [mark]}
    return _parcel(SCHOOLS, "school-absence", f"pupil-{pupil}", f"M-{number}", data)


def _child(name: str) -> dict[str, Any]:
    return {"identifiers": [{"scheme": "local", "value": name}]}


def _parcel(agency: str, kind: WireKind, key: str, identity: str, data: dict[str, Any]) -> Parcel:
    attributes = {
        "ce_id": identity,
        "ce_source": f"urn:{agency}",
        "ce_specversion": "1.0",
        "ce_type": type_of(kind),
        "ce_time": _NOW.isoformat(),
        "content-type": "application/json",
    }
    headers = tuple((name, text.encode()) for name, text in attributes.items())
    stamp = int(_NOW.timestamp() * 1000)
    return Parcel(partner_topic(agency, kind), key.encode(), msgspec.json.encode(data), headers, stamp)


def _await_settled(worker: Child, records: int, advance: Callable[[int], None]) -> None:
    seen = 0

    def look(fresh: list[Note]) -> bool:
        nonlocal seen
        settled = sum(note.records for note in fresh if note.topic == FAMILY_EVENTS)
        seen += settled
        advance(settled)
        return seen >= records

    worker.watch(look, RUN_SECONDS, "the earlier referrals were not settled")


def _family_of(pseudonyms: Pseudonyms, number: int) -> str:
    """The family of a child that nobody linked, as intake names it."""
    return LinkMap().place(pseudonyms.identifier("local", COUNCIL, f"child-{number}")).family


async def _run(
    bootstrap: str, load: list[Parcel], key: HubKey, advance: Callable[[int], None]
) -> tuple[dict[str, float], dict[str, float]]:
    """When each contact was published and when its prompt was read, by family, on the monotonic clock."""
    pseudonyms = Pseudonyms(key)
    families = {number: _family_of(pseudonyms, number) for number in range(0, len(load), CONTACT_EVERY)}
    published: dict[str, float] = {}
    prompted: dict[str, float] = {}
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await producer.start()
    await consumer.start()
    reading: asyncio.Task[None] | None = None
    try:
        consumer.assign([TopicPartition(PROMPTS, partition) for partition in range(FAMILY_PARTITIONS)])
        reading = asyncio.create_task(_read_prompts(consumer, prompted))
        await _publish(producer, load, families, published, advance)
        until = time.monotonic() + DRAIN_SECONDS
        while len(prompted) < len(published) and time.monotonic() < until and not reading.done():
            await asyncio.sleep(BEAT_SECONDS)
    finally:
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        await consumer.stop()
        await producer.stop()
    return published, prompted


async def _publish(
    producer: AIOKafkaProducer,
    load: list[Parcel],
    families: dict[int, str],
    published: dict[str, float],
    advance: Callable[[int], None],
) -> None:
    """Send at the rate, each at its own time as far as a beat can tell."""
    began = time.monotonic()
    sent = 0
    waiting: list[asyncio.Future[Any]] = []
    while sent < len(load):
        due = min(len(load), int((time.monotonic() - began) * EVENTS_A_SECOND) + 1)
        for number in range(sent, due):
            parcel = load[number]
            if number in families:
                published[families[number]] = time.monotonic()
            headers = list(parcel.headers)
            waiting.append(
                await producer.send(
                    parcel.topic, key=parcel.key, value=parcel.value, headers=headers, timestamp_ms=parcel.timestamp
                )
            )
        advance(due - sent)
        sent = due
        await asyncio.sleep(BEAT_SECONDS)
    await asyncio.gather(*waiting)


class _Told(msgspec.Struct):
    """What is read of a prompt here."""

    family: str


async def _read_prompts(consumer: AIOKafkaConsumer, prompted: dict[str, float]) -> None:
    read = msgspec.json.Decoder(_Told).decode
    async for record in consumer:
        now = time.monotonic()
        prompted.setdefault(read(record.value).family, now)
