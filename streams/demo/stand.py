"""What a demo needs before the first event: a broker, the topics, and every process on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from streams.demo.folder import DemoFolder
from streams.demo.offsets import Offsets
from streams.demo.stages import Stages
from streams.demo.workers import Supervisor, describe_environment
from streams.hub import read_hub
from streams.kafka.admin import apply, check, client_options, open_admin
from streams.kafka.local import LocalKafka
from streams.settings import Settings, SettingsError
from streams.topics import Topic, declare_topics, partner_topic

PROCESSES: Final = (
    ("intake", "intake-0"),
    ("families", "families-0"),
    ("desk", "desk-0"),
    ("learner", "learner-0"),
)
"""One of each: broker, publisher and these fill two cores, and a second ``families`` only costs more of them."""


@dataclass(frozen=True)
class Stand:
    """A running earlyword. ``local`` says that the broker is ours and ends with the demo."""

    broker: str
    client: dict[str, Any]
    local: bool
    partitions: dict[str, int]
    partner_topics: tuple[str, ...]
    offsets: Offsets
    supervisor: Supervisor
    folder: DemoFolder

    def metrics(self) -> dict[str, str]:
        """Where each process shows health and metrics, as it said itself when it started."""
        return {
            instance: f"http://{address}/metrics"
            for _, instance in PROCESSES
            if (address := _address_told(self.folder, instance)) is not None
        }


@contextmanager
def set_up(folder: DemoFolder, settings: Settings, stages: Stages) -> Iterator[Stand]:
    """Broker, topics and processes, for as long as the block lasts.

    Raises KafkaUnavailable, BrokerAwayError, TopicRefusedError; SettingsError for a broker that was used before.
    """
    if "broker" in settings.model_fields_set:
        with _start_processes(folder, settings, ",".join(settings.broker), stages, local=False) as stand:
            yield stand
        return
    kafka = LocalKafka(folder.kafka, cache=settings.cache)
    try:
        with stages.stage("kafka", "starting Apache Kafka"):
            kafka.start()
        with _start_processes(folder, Settings(), kafka.bootstrap, stages, local=True) as stand:
            yield stand
    finally:
        kafka.stop()


@contextmanager
def _start_processes(
    folder: DemoFolder, settings: Settings, broker: str, stages: Stages, *, local: bool
) -> Iterator[Stand]:
    hub = read_hub(folder.hub)
    sources = sorted({(source.agency, source.kind) for source in hub.sources})
    topics = declare_topics(sources, timestamps="publisher")
    client = {} if local else client_options(settings)
    with closing(open_admin(broker.split(","), options=client)) as admin:
        with stages.stage("topics", "creating the topics"):
            made = apply(admin, topics, settings.copies)
        partner_topics = tuple(partner_topic(agency, kind) for agency, kind in sources)
        partitions = {topic.name: topic.partitions for topic in topics}
        offsets = Offsets(admin, partner_topics, partitions)
        if not local:
            _refuse_what_was_used(admin, topics, offsets, len(made))
        supervisor = Supervisor(folder, describe_environment(folder, broker, local=local), stages.say)
        try:
            for process, instance in PROCESSES:
                supervisor.start(process, instance)
            yield Stand(broker, client, local, partitions, partner_topics, offsets, supervisor, folder)
        finally:
            supervisor.stop()


def _refuse_what_was_used(admin: Any, topics: tuple[Topic, ...], offsets: Offsets, made: int) -> None:
    """The demo counts what lies on the topics, so none of it may be from before."""
    if made < len(topics) and any(offsets.ends(*(topic.name for topic in topics)).values()):
        raise SettingsError("The broker of EARLYWORD_BROKER holds records of earlyword; the demo needs an empty one.")
    if problems := check(admin, topics):
        raise SettingsError(problems[0])


def _address_told(folder: DemoFolder, instance: str) -> str | None:
    """The address in the last ``started`` line of a process's log."""
    found: str | None = None
    for line in folder.log(instance).read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue  # a library's own words
        if isinstance(told, dict) and told.get("event") == "started":
            found = str(told.get("address"))
    return found
