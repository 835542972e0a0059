"""The live part: the town goes on at a pace that people can follow, a line for what came and what it led to.

What became of an event is read from the topics, as in the balance, and not taken from the town that made it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from kafka import TopicPartition
from rich.console import Console

from models.intake.listening import Verdict
from schemas.prompts import Prompt
from schemas.wire.dead_letter_v1 import Reason
from streams.demo.balance import Place
from streams.demo.pacing import NothingMoves, await_drained
from streams.demo.play import Played
from streams.demo.reading import follow
from streams.demo.telling import refer_to, say_agency, say_due
from streams.demo.told import READ, Answered, Revised
from streams.simulator.arrivals import Arrival, Record, to_record
from streams.simulator.days import LONDON
from streams.simulator.publisher import publish

PACE_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 30.0
POLL_MS: Final = 50

_WORDS: Final = {
    "referral": ("a referral", "referrals"),
    "school-absence": ("school marks", "messages of school marks"),
    "police-notification": ("a police notification", "police notifications"),
    "outcome": ("an outcome", "outcomes"),
    "family-link": ("a link between identifiers", "links between identifiers"),
}


def go_on(played: Played, console: Console) -> bool:
    """Play the weeks after, until they are over or somebody presses Ctrl-C; whether the balance still holds."""
    console.rule("The town goes on; Ctrl-C ends it")
    watcher = _Watcher(played, console)
    try:
        with closing(watcher):
            publish(watcher.play(), played.stand.broker, played.stand.client)
        console.print("The town's last day is over.")
    except KeyboardInterrupt:
        console.print("Stopping: what is under way is settled first.")
    return _close(played, console)


def _close(played: Played, console: Console) -> bool:
    """The balance of everything, the live part included."""
    stand, told = played.stand, played.told
    await_drained(stand.offsets, stand.supervisor.check, lambda _: None)
    with closing(_Watcher(played, console)) as watcher:
        watcher.catch_up()
    balance = told.balance(stand.offsets.published())
    console.print(str(balance))
    console.print("Every record is accounted for, once." if balance.holds else "The balance does NOT hold.")
    return balance.holds


def group_marks(arrivals: Iterable[Arrival]) -> Iterator[tuple[Arrival, ...]]:
    """What is told in one line: an agency's school marks in a row of one hour; every other event by itself."""
    for key, together in groupby(enumerate(arrivals), key=lambda pair: _together(*pair)):
        del key
        yield tuple(arrival for _, arrival in together)


def _together(place: int, arrival: Arrival) -> tuple[object, ...]:
    if arrival.kind != "school-absence":
        return (place,)
    return arrival.agency, _local(arrival).replace(minute=0, second=0, microsecond=0)


def say_arrival(arrivals: tuple[Arrival, ...]) -> str:
    """What came, and when by the clock on the wall."""
    one, many = _WORDS[arrivals[0].kind]
    what = one if len(arrivals) == 1 else f"{len(arrivals)} {many}"
    return f"{_local(arrivals[0]):%a %d %b %H:%M}  {say_agency(arrivals[0].agency)}: {what}"


def say_answers(answers: Iterable[Verdict | Reason]) -> str:
    """What became of it, in words."""
    counted = Counter(map(_say_answer, answers))
    if len(counted) == 1:
        return next(iter(counted))
    return ", ".join(f"{count} {words}" for words, count in counted.most_common())


def say_prompt(before: Prompt | None, prompt: Prompt) -> str:
    """What a prompt's new revision means, in a line."""
    name = f"prompt {refer_to(prompt)}"
    if before is None:
        opened = "is put to" if prompt.status == "open" else "waits at"
        return f"{name} {opened} {prompt.team}, to be looked at {say_due(prompt.due_at)}: {prompt.question}"
    if prompt.status != before.status:
        return " ".join((f"{name} is {prompt.status} now.", *prompt.notes[-1:]))
    return f"{name} was revised: its reasons or facts changed."


def _say_answer(answer: Verdict | Reason) -> str:
    match answer:
        case Verdict.ACCEPTED:
            return "accepted"
        case Verdict.EXPIRED:
            return "accepted but too old to be kept"
        case Verdict.DUPLICATE:
            return "said before, ignored"
        case Verdict.ID_REUSE:
            return f"set aside ({Reason.ID_REUSE.name})"
        case _:
            return f"set aside ({answer.name})"


def _local(arrival: Arrival) -> datetime:
    return datetime.fromtimestamp(arrival.received_ms / 1000, UTC).astimezone(LONDON)


class _Watcher:
    """Publishes a line's events, waits for what becomes of them, and prints it."""

    def __init__(self, played: Played, console: Console) -> None:
        self._told, self._stand, self._live = played.told, played.stand, played.programme.live
        self._console = console
        self._revised: list[Revised] = []
        partitions = [
            TopicPartition(topic, number) for topic in READ for number in range(self._stand.partitions[topic])
        ]
        self._consumer: Any = follow(self._stand.broker, partitions, self._stand.client)
        for at, offset in self._told.positions.items():
            if at.topic in READ:
                self._consumer.seek(at, offset)

    def close(self) -> None:
        """Let the consumer go."""
        self._consumer.close()

    def play(self) -> Iterator[Record]:
        """The records, at a readable pace; between two of them the line of the one before is printed."""
        for together in group_marks(self._live):
            began = time.monotonic()
            yield from map(to_record, together)
            self._tell(together)
            while time.monotonic() - began < PACE_SECONDS:
                self._read()
                self._tell_prompts()  # also those that only the passing of time led to

    def catch_up(self) -> None:
        """Read what lies there by now."""
        ends = self._consumer.end_offsets(self._consumer.assignment())
        until = time.monotonic() + ANSWER_SECONDS
        while any(self._consumer.position(at) < end for at, end in ends.items()):
            self._read()
            _insist(until)
        self._tell_prompts()

    def _tell(self, together: tuple[Arrival, ...]) -> None:
        answers: dict[Place, Verdict | Reason] = {}
        until = time.monotonic() + ANSWER_SECONDS
        while len(answers) < len(together):
            self._stand.supervisor.check()
            answers.update((news.place, news.answer) for news in self._read())
            _insist(until)
        self._say(f"{say_arrival(together)}: {say_answers(answers.values())}")
        self._tell_prompts()

    def _read(self) -> list[Answered]:
        polled = self._consumer.poll(timeout_ms=POLL_MS)
        news = [self._told.take(record) for records in polled.values() for record in records]
        self._revised += [each for each in news if isinstance(each, Revised)]
        return [each for each in news if isinstance(each, Answered)]

    def _tell_prompts(self) -> None:
        while self._revised:
            revised = self._revised.pop(0)
            self._say(f"    -> {say_prompt(revised.before, revised.prompt)}")

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def _insist(until: float) -> None:
    if time.monotonic() > until:
        raise NothingMoves(f"An event got no answer within {ANSWER_SECONDS:.0f} s.")
