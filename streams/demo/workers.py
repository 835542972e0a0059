"""The processes of a demo as children on a leash, and a supervisor small enough to read: it starts them again.

A worker that met trouble ends with exit code 70 and nothing committed; started again it does the batch once more. One
that was killed (try it: ``kill -9``) is no different. Any other end that nobody asked for is for a person to look at.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from typing import Final

from streams.demo.folder import DemoFolder
from streams.engine.ending import EXIT_UNSETTLED
from streams.kafka.node import LEASH
from streams.settings import PREFIX

STOP_SECONDS: Final = 20.0
MOST_RESTARTS: Final = 5
"""Of one process in one demo: what goes wrong more often is no accident."""


REACH: Final = frozenset(
    PREFIX + name
    for name in (
        "ENV", "SECURITY", "KAFKA_USER", "KAFKA_PASSWORD", "KAFKA_PASSWORD_FILE", "KAFKA_CA_FILE",
        "KAFKA_CERTIFICATE_FILE", "KAFKA_KEY_FILE",
    )
)  # fmt: skip


class WorkerGaveUp(Exception):  # noqa: N818 - named for what happened
    """A process ended for good. Operator: its log, named in the sentence, says why."""


class Child:
    """One process, in a session of its own, that dies with us however we die."""

    def __init__(self, name: str, command: Iterable[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own Python and our own command
                ["/bin/sh", "-c", LEASH, "sh", *command],
                stdin=subprocess.PIPE,
                bufsize=0,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=log.parent,
                env=dict(environment),
            )

    @property
    def pid(self) -> int:
        """Its process id: the shell of the leash became the process."""
        return self._process.pid

    def ended(self) -> int | None:
        """Its exit code, None while it runs."""
        code = self._process.poll()
        if code is not None:
            self._unleash()
        return code

    def ask_to_stop(self) -> None:
        """Ask it to settle what it has in hand and go."""
        if self._process.poll() is None:
            self._process.terminate()

    def await_end(self, seconds: float) -> int:
        """Its exit code, after at most these seconds; then it is ended hard."""
        try:
            code = self._process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            self._process.send_signal(SIGKILL)
            code = self._process.wait()
        self._unleash()
        return code

    def _unleash(self) -> None:
        """Let the reader of the leash go without a kill."""
        pipe = self._process.stdin
        if pipe is not None and not pipe.closed:
            try:
                pipe.write(b"ended\n")
            except BrokenPipeError:
                pass  # the reader went first
            finally:
                pipe.close()


@dataclass
class Supervisor:
    """Keeps the processes of a demo running; ``check`` it again and again.

    ``say`` is given a sentence; ``command`` makes the command line of a process from its name.
    """

    folder: DemoFolder
    environment: Mapping[str, str]
    say: Callable[[str], None]
    command: Callable[[str], tuple[str, ...]] = lambda process: (sys.executable, "-m", "streams.cli", process)
    _children: dict[str, Child] = field(default_factory=dict)
    _restarts: dict[str, int] = field(default_factory=dict)

    def start(self, process: str, instance: str) -> None:
        """Start ``earlyword <process>`` as this member of its group; its log carries the instance's name."""
        self._launch(process, instance)
        self._restarts[instance] = 0

    def check(self) -> None:
        """Start again what was killed or ended with exit code 70, and say so. Raises WorkerGaveUp for any other end."""
        for instance, child in list(self._children.items()):
            code = child.ended()
            if code is None:
                continue
            how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
            if (code >= 0 and code != EXIT_UNSETTLED) or self._restarts[instance] >= MOST_RESTARTS:
                raise WorkerGaveUp(f"{instance} {how}; see {child.log}.")
            self._restarts[instance] += 1
            self.say(f"{instance} {how}; started again.")
            self._launch(child.name, instance)

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of those that run, in the order of their start."""
        return tuple(child.pid for child in self._children.values())

    @property
    def restarts(self) -> int:
        """How often a process had to be started again."""
        return sum(self._restarts.values())

    def stop(self) -> None:
        """Stop all of them in order, and wait until they are gone; safe to call twice."""
        children = list(self._children.values())
        self._children.clear()
        for child in children:
            child.ask_to_stop()
        until = time.monotonic() + STOP_SECONDS
        for child in children:
            child.await_end(until - time.monotonic())

    def _launch(self, process: str, instance: str) -> None:
        environment = {**self.environment, "EARLYWORD_INSTANCE": instance}
        self._children[instance] = Child(process, self.command(process), environment, self.folder.log(instance))


def describe_environment(folder: DemoFolder, broker: str, *, local: bool) -> dict[str, str]:
    """What the processes of a replay are told: time is the stream's, prompts close when due, faults are many.

    Of our own settings they inherit only how to reach a broker that is not ours.
    """
    reach = () if local else REACH
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) or name in reach}
    return inherited | {
        "EARLYWORD_BROKER": broker,
        "EARLYWORD_HUB": str(folder.hub),
        "EARLYWORD_PSEUDONYM_KEY_FILE": str(folder.key),
        "EARLYWORD_TIMESTAMPS": "publisher",
        "EARLYWORD_CLOCK": "stream",
        "EARLYWORD_DESK_ANSWERS": "at-due",
        "EARLYWORD_DEAD_LETTERS": "1000000",  # a year's faults come in a minute: the limit is for a bad release
        "EARLYWORD_COMMIT_SECONDS": "0.2",  # by commits we see how far they are
        "EARLYWORD_STATE_DIR": str(folder.path),
        "EARLYWORD_METRICS_PORT": "0",
        "PYTHONWARNINGS": "ignore",
    }
