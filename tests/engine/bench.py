"""One example group on a broker: its topics, its workers, its load and its verdict."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.engine.example import Job
from tests.engine.harness import Command, Workers, read_notes
from tests.engine.oracle import Verdict, event, judge
from tests.engine.wire import LiveLoad, Wire

RATE = 3000.0
DRAIN_SECONDS = 40.0


class Bench:
    """`group` names everything, so that tests can share a broker."""

    def __init__(self, wire: Wire, folder: Path, *, changelog: dict[str, str] | None = None, **options: object) -> None:
        self.wire = wire
        self.folder = folder
        self.group = f"engine-{time.time_ns() // 1000}"
        self.events, self.prompts = f"{self.group}-events", f"{self.group}-prompts"
        self.changelog = f"{self.group}-families-changelog"
        partitions = int(str(options.get("partitions", 12)))
        wire.create(self.events, self.prompts, partitions=partitions)
        wire.create(self.changelog, partitions=partitions, config={"cleanup.policy": "compact", **(changelog or {})})
        self.job = replace(
            Job(
                brokers=(wire.bootstrap,),
                group=self.group,
                events=self.events,
                prompts=self.prompts,
                log=str(folder / "notes"),
                flag=str(folder / "fault-was-raised"),
            ),
            **options,  # type: ignore[arg-type]
        )

    def workers(self, *names: str, static: bool = False, **options: object) -> Workers:
        """Workers of the group, not started yet. Static: the name is the instance id."""
        commands = {}
        for name in names:
            job = replace(self.job, log=str(self.notes_file(name)), instance=name if static else None)
            commands[name] = self.command(replace(job, **options))  # type: ignore[arg-type]
        return Workers(self.folder, commands)

    def command(self, job: Job) -> Command:
        return Command((sys.executable, "-m", "tests.engine.example"), job.environment())

    def notes_file(self, name: str) -> Path:
        return self.folder / f"{name}.notes"

    def notes(self, *names: str) -> list[dict[str, object]]:
        """What the workers noted, in order of time."""
        return sorted(
            (note for name in names for note in read_notes(self.notes_file(name))), key=lambda note: note["at"]
        )

    def settled(self, *names: str) -> int:
        """Records in all settled batches, repeats included."""
        return sum(int(str(note["records"])) for note in self.notes(*names) if note["event"] == "BatchSettled")

    def await_ready(self, workers: Workers, *names: str, within: float = 25.0) -> None:
        """Until each worker was ready once with partitions."""

        def all_ready() -> bool:
            return all(any(n["event"] == "WorkerReady" for n in self.notes(name)) for name in names)

        workers.await_that(all_ready, within, "every worker ready")

    def stop(self, workers: Workers, within: float = 25.0) -> list[int]:
        """Ask the workers to stop, and give their exit codes; one just restarted must first be able to listen."""

        def all_listen() -> bool:
            return all(self._listens(name, workers.lives[name]) for name in workers.running)

        workers.await_that(all_listen, within, "every worker up")
        return workers.stop_all()

    def _listens(self, name: str, life: int) -> bool:
        return any(note["event"] == "BrokerReached" and note["life"] == str(life) for note in self.notes(name))

    def live_load(self, rate: float = RATE) -> LiveLoad:
        return LiveLoad(self.wire, self.events, event, rate=rate)

    def drain(self, workers: Workers, within: float = DRAIN_SECONDS) -> None:
        """Until the group has committed everything that was published."""
        workers.await_that(lambda: self.wire.lag(self.group, self.events) == 0, within, "all events committed")

    def verdict(
        self, sent: int, *, highest_guard: bool = True, record: Callable[[int], tuple[bytes, bytes]] = event
    ) -> Verdict:
        changelog, prompts = self.wire.read(self.changelog), self.wire.read(self.prompts)
        verdict = judge(changelog, prompts, sent, highest_guard=highest_guard, record=record)
        print(f"{sent} events: {verdict}")
        return verdict
