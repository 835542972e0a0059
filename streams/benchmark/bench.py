"""What every measurement stands on: the plan, the broker, the folder, and what the measured processes are told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from streams.benchmark.broker import Broker
from streams.benchmark.children import Child
from streams.benchmark.load import Rates
from streams.desk.agent import NAME as DESK_GROUP
from streams.families.agent import NAME as FAMILIES_GROUP
from streams.hub import parse_hub
from streams.intake.agent import NAME as INTAKE_GROUP
from streams.intake.pseudonyms import HubKey
from streams.topics import (
    DEAD_LETTERS,
    DESK_EVENTS,
    EXAMPLES,
    FAMILY_EVENTS,
    LINKS,
    PROMPTS,
    STATEMENTS,
    Topic,
    declare_topics,
)

Bar: TypeAlias = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""Makes a bar for people, of so many steps; what it gives moves the bar on."""

BROKERED: Final = ("core", "families", "intake", "faust-per-event", "quix", "latency", "restart", "memory")
"""What needs a broker. One is started only if any of these is asked for."""
NAMES: Final = ("scoring", "learning", *BROKERED)
SECRET: Final = "a secret for simulated towns only, of no use elsewhere"  # noqa: S105 - it hides nobody
START_SECONDS: Final = 60.0
RUN_SECONDS: Final = 240.0
"""How long one run may take: far longer than any does, so that a benchmark that hangs ends by itself."""

FAMILY_TOPICS: Final = (FAMILY_EVENTS, DESK_EVENTS, EXAMPLES, DEAD_LETTERS, "earlyword-families-families-changelog")
INTAKE_TOPICS: Final = (
    *(STATEMENTS, LINKS, FAMILY_EVENTS, DESK_EVENTS, DEAD_LETTERS),
    "earlyword-intake-statements-changelog",
)
DESK_TOPICS: Final = (DESK_EVENTS, PROMPTS, "earlyword-desk-desks-changelog")
GROUPS: Final = (INTAKE_GROUP, FAMILIES_GROUP, DESK_GROUP)


class Plan(Struct, frozen=True, kw_only=True):
    """How much is measured. The stages and their peers get as much as makes a stable rate in a short time."""

    events: int = 60_000
    families: int = 100_000
    repeat: int = 3
    only: tuple[str, ...] = NAMES
    latency_seconds: float = 20.0
    rates: Rates = "authority"

    @property
    def partner_messages(self) -> int:
        """For intake, and from which the family events are made."""
        return max(200, self.events // 2)

    @property
    def town_of_the_model(self) -> int:
        """Messages of the town that scoring and learning are measured by: enough for some dozens of episodes."""
        return max(9_000, self.partner_messages // 2)

    @property
    def faust_events(self) -> int:
        """For the per-event Faust agent, which takes its time."""
        return max(100, self.events // 20)

    @property
    def quix_events(self) -> int:
        """For Quix Streams."""
        return max(100, self.events // 6)

    def wants(self, *names: str) -> bool:
        """Whether any of these is to be measured."""
        return any(name in self.only for name in names)


@dataclass(frozen=True)
class Bench:
    """One benchmark in progress."""

    plan: Plan
    broker: Broker
    folder: Path
    town_hub: Path
    """What the simulated town agreed on."""
    calm_hub: Path
    """The hub that latency is measured in."""
    bar: Bar

    def start(
        self,
        task: str,
        *arguments: object,
        hub: Path | None = None,
        instance: str | None = None,
        clock: Literal["stream", "wall"] = "stream",
    ) -> Child:
        """Start a measured process; to be entered."""
        environment = {
            "EARLYWORD_BROKER": self.broker.bootstrap,
            "EARLYWORD_HUB": str(hub or self.town_hub),
            "EARLYWORD_PSEUDONYM_KEY": SECRET,
            "EARLYWORD_TIMESTAMPS": "publisher",
            "EARLYWORD_CLOCK": clock,
            "EARLYWORD_DEAD_LETTERS": "100000000",  # a year's faults come in seconds: the limit is for a bad release
            "EARLYWORD_STATE_DIR": str(self.folder),
            "EARLYWORD_METRICS_PORT": "0",
            "EARLYWORD_LOG_LEVEL": "warning",
        }
        if instance is not None:
            environment["EARLYWORD_INSTANCE"] = instance
        return Child(task, self.folder / "processes", environment, *map(str, arguments))


def key_of_benchmarks() -> HubKey:
    """The key that the measured intake has, too."""
    return HubKey(SECRET.encode())


def topics_of(*hubs: str) -> tuple[Topic, ...]:
    """The topics of these hubs, as for a replay."""
    sources = [(source.agency, source.kind) for hub in hubs for source in parse_hub(hub).sources]
    return declare_topics(sources, timestamps="publisher")
