"""Records of past scorings, and the snapshots they cite: from files that were kept, or from the broker's topics.

A file of examples has an ``ExampleRecord`` a line, as JSON; one of prompts is what ``earlyword rehearse --out`` writes.
Both hold what is known of families: they are restricted records, and no error repeats a word of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Protocol, TypeVar

import msgspec
from kafka import KafkaConsumer

from models.learning.canonical import hash_of
from schemas.examples import ExampleRecord, Scored
from schemas.models import SNAPSHOT
from schemas.prompts import Prompt
from streams.codecs import Reader, UnreadableRecord, read_example_record, read_prompt
from streams.kafka.reading import read_whole
from streams.topics import EXAMPLES, MODELS, PROMPTS

_Word = TypeVar("_Word")


read_example_line: Final = Reader(msgspec.json.Decoder(ExampleRecord))


class RecordsError(ValueError):
    """Records that cannot be looked through, or in which something is missing.

    Operator: the sentence says which file and line, or what was not found; look whether its retention is over.
    """


class Records(Protocol):
    """Where past scorings are looked up."""

    def prompts(self) -> Iterable[Prompt]:
        """Every revision of every prompt."""

    def examples(self) -> Iterable[ExampleRecord]:
        """Every example."""

    def body(self, version: str) -> bytes:
        """The snapshot of this version. Raises RecordsError if it is not there."""


class KeptFiles:
    """Records in files. Raises RecordsError, also where ``prompts`` were not given and are asked for."""

    def __init__(self, examples: Path, snapshots: Iterable[Path], prompts: Path | None) -> None:
        self._examples, self._snapshots, self._prompts = examples, tuple(snapshots), prompts

    def prompts(self) -> Iterator[Prompt]:
        """The revisions in the file of prompts."""
        if self._prompts is None:
            raise RecordsError("a prompt's id is looked up in its revisions: give them with --prompts")
        yield from _read_lines(self._prompts, read_prompt)

    def examples(self) -> Iterator[ExampleRecord]:
        """The records in the file of examples."""
        yield from _read_lines(self._examples, read_example_line)

    def body(self, version: str) -> bytes:
        """The file whose bytes have this hash; where there is but one file, that one: whoever verifies will say."""
        bodies = [path.read_bytes() for path in self._snapshots]
        if len(bodies) == 1:
            return bodies[0]
        for body in bodies:
            if hash_of(body) == version:
                return body
        raise RecordsError("none of the snapshots given is the one that the record names")


class BrokerTopics:
    """Records on the broker."""

    def __init__(self, consumer: KafkaConsumer) -> None:
        self._consumer = consumer

    def prompts(self) -> Iterator[Prompt]:
        """The revisions that lie there still."""
        return (read_prompt(record.value) for record in read_whole(self._consumer, PROMPTS) if record.value)

    def examples(self) -> Iterator[ExampleRecord]:
        """The records that lie there still."""
        return (read_example_record(record.value) for record in read_whole(self._consumer, EXAMPLES) if record.value)

    def body(self, version: str) -> bytes:
        """The body under its key."""
        key, found = f"{SNAPSHOT}{version}".encode(), None
        for record in read_whole(self._consumer, MODELS):
            if record.key == key:
                found = record.value
        if found is None:
            raise RecordsError("the snapshot that the record names is not on the topic of models")
        return bytes(found)


def find_scored(records: Records, wanted: str) -> tuple[Scored, ...]:
    """The scorings behind a prompt (``p-``), a reason (``r-``) or a row (``x-``), by its id.

    Raises RecordsError where there are none, and UnreadableRecord for a record that is not of its kind.
    """
    reasons = {wanted}
    if wanted.startswith("p-"):
        reasons = {
            str(reason.id)
            for prompt in records.prompts()
            if prompt.prompt_id == wanted
            for reason in prompt.reasons
            if reason.model is not None
        }
        if not reasons:
            raise RecordsError("no prompt of this id rests on a model: there is no score to have again")
    found = [
        record.event
        for record in records.examples()
        if isinstance(record.event, Scored) and (record.event.row == wanted or record.event.reason in reasons)
    ]
    if not found:
        raise RecordsError("no record of a scoring has this id")
    missing = reasons - {scored.reason for scored in found}
    if wanted.startswith("p-") and missing:
        raise RecordsError(f"of {len(missing)} reasons of this prompt the scoring is not there")
    return tuple(dict.fromkeys(found))


def keep_files(folder: Path, scored: Scored, body: bytes) -> None:
    """Put a scoring and the snapshot it names where ``KeptFiles`` reads them: before its retention ends, or as proof.

    The record is added to ``examples.ndjson``; it is kept before it is verified, so that what does not hold is there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "examples.ndjson").open("ab") as file:
        file.write(msgspec.json.encode(ExampleRecord(None, scored)) + b"\n")
    (folder / f"snapshot-{scored.snapshot}.json").write_bytes(body)


def _read_lines(path: Path, read: Reader[_Word]) -> Iterator[_Word]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                try:
                    yield read(line)
                except UnreadableRecord:
                    raise RecordsError(f"{path.name}, line {number}: it is no such record") from None
