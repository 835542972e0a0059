"""What persons do to a model from the command line: look, register a plan, sign, freeze, roll back, retire.

Each is a head on ``earlyword.models.v1``, made from the one in force, and a record in the audit. The learner writes
heads too, at any moment; so whoever wrote looks whether it holds, and says it again if not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from models.learning.canonical import to_canonical
from models.learning.heads import RefusedStepError, write_head
from models.learning.shelf import Shelf
from schemas.models import HEAD, Head
from streams.kafka.reading import read_whole
from streams.learner.shelving import shelve
from streams.topics import AUDIT, MODELS

READ_SECONDS: Final = 60.0
MOST_TRIES: Final = 5


class NothingToSteerError(Exception):
    """There is no such specification on the topic, or the broker does not answer. The sentence says which."""


class Entry(Struct, frozen=True, kw_only=True):
    """A decision about a model as the audit keeps it: who said what, why and when, and what stood before."""

    what: str
    specification: str
    by: str
    reason: str
    at: str
    before: Head | None
    after: Head | None
    hash: str | None = None
    """Of a plan or a report."""


def read_topic(consumer: Any) -> list[Any]:
    """All records of the models' topic, in order. Raises NothingToSteerError where it cannot be read."""
    try:
        return list(read_whole(consumer, MODELS))
    except TimeoutError:
        raise NothingToSteerError("the models' topic cannot be read; check the rights of this user.") from None


def name_of(records: list[Any], told: str | None) -> str:
    """The specification meant: the one that was named, or the only one there is. Raises NothingToSteerError."""
    names: list[str] = sorted({record.key.decode().removeprefix(HEAD) for record in records if _is_head(record)})
    if told is not None and told in names:
        return told
    if told is None and len(names) == 1:
        return names[0]
    if not names:
        raise NothingToSteerError("no model is registered yet; start the learner first.")
    raise NothingToSteerError(f"name one with --specification: {', '.join(names)}.")


def shelf_of(records: list[Any], name: str) -> Shelf:
    """Everything about one specification."""
    shelf = Shelf(name)
    shelve(shelf, records)
    return shelf


class Steward:
    """Writes a person's decisions."""

    def __init__(self, consumer: Any, producer: Any, name: str) -> None:
        self._consumer, self._producer, self._name = consumer, producer, name

    def write(self, key: str, value: bytes) -> None:
        """Write a plan or a report."""
        self._send(MODELS, key, value)

    def decide(self, what: str, step: Callable[[Head], Head], hash_: str | None = None) -> Head:
        """Take a step from the head in force, and see that it stands in front. Raises RefusedStepError."""
        for _ in range(MOST_TRIES):
            before = self._head()
            after = step(before)
            self._send(MODELS, HEAD + self._name, write_head(after))
            found = self._head()
            if _holds(after, found):
                self.note(what, by=after.by, reason=after.reason, at=after.at, before=before, after=after, hash_=hash_)
                return found
        raise RefusedStepError("the learner wrote at the same moment each time; try again")

    def note(
        self,
        what: str,
        *,
        by: str,
        reason: str,
        at: str,
        before: Head | None = None,
        after: Head | None = None,
        hash_: str | None = None,
    ) -> None:
        """Write a decision into the audit."""
        entry = Entry(
            what=what, specification=self._name, by=by, reason=reason, at=at, before=before, after=after, hash=hash_
        )
        self._send(AUDIT, f"model/{self._name}", to_canonical(entry))

    def _head(self) -> Head:
        head = shelf_of(read_topic(self._consumer), self._name).head
        if head is None:
            raise NothingToSteerError("no head can be read; see the log of the learner.")
        return head

    def _send(self, topic: str, key: str, value: bytes) -> None:
        self._producer.send(topic, key=key.encode(), value=value, partition=0).get(timeout=READ_SECONDS)


def _holds(said: Head, found: Head) -> bool:
    """Whether what was said is so: the learner may have adopted a snapshot since, where that is not frozen."""
    return (found.mode, found.frozen) == (said.mode, said.frozen) and (not said.frozen or found.version == said.version)


def _is_head(record: Any) -> bool:
    return record.key is not None and record.value is not None and bool(record.key.startswith(HEAD.encode()))
