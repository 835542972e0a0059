"""Worker processes under a supervisor that the test commands: start, kill, pause, and restart what ended by itself.

It knows command lines and environments, not what the workers do; so it serves the product's processes as well as
the example worker beside it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SETTLE_SECONDS = 0.05


@dataclass(frozen=True)
class Command:
    """How to start a worker."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


class Workers:
    """Named worker processes. `with Workers(...)` leaves none behind."""

    def __init__(self, folder: Path, commands: Mapping[str, Command]) -> None:
        self.exits: list[tuple[str, int]] = []
        """Exit codes of workers that ended by themselves, or were asked to stop, in order."""
        self._folder = folder
        self._commands = dict(commands)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.lives: dict[str, int] = {}
        """How often each worker was started."""

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *error: object) -> None:
        for name in tuple(self._running):
            self.resume(name)
            self.kill(name)

    def start(self, *names: str) -> None:
        """Start workers; each life has a log of its own, and its number in WORKER_LIFE."""
        for name in names:
            life = self.lives[name] = self.lives.get(name, 0) + 1
            command = self._commands[name]
            with self._log(name, life).open("wb") as log:
                self._running[name] = subprocess.Popen(
                    command.argv,
                    env={**os.environ, **command.env, "WORKER_LIFE": str(life)},
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )

    def kill(self, name: str) -> None:
        """End a worker as a power cut would (SIGKILL)."""
        worker = self._running.pop(name)
        worker.kill()
        worker.wait()

    def pause(self, name: str) -> None:
        """Let a worker fall asleep (SIGSTOP)."""
        self._running[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Wake it (SIGCONT)."""
        self._running[name].send_signal(signal.SIGCONT)

    def terminate(self, *names: str, within: float = 20.0) -> list[int]:
        """Ask workers to stop (SIGTERM), and give their exit codes."""
        for name in names:
            self._running[name].terminate()
        return [self.await_end(name, within) for name in names]

    def await_end(self, name: str, within: float) -> int:
        """The exit code of a worker that is to end by itself."""
        code = self._running[name].wait(within)
        del self._running[name]
        self.exits.append((name, code))
        return code

    def stop_all(self) -> list[int]:
        """Ask every worker to stop, and give their exit codes."""
        return self.terminate(*self._running)

    @property
    def running(self) -> tuple[str, ...]:
        """The workers that were started and not yet seen to end."""
        return tuple(self._running)

    def supervise(self) -> None:
        """Start again what ended by itself."""
        for name, worker in tuple(self._running.items()):
            if (code := worker.poll()) is not None:
                self.exits.append((name, code))
                self.start(name)

    def run_for(self, seconds: float) -> None:
        """Let the workers work for a while, supervised: the time between two faults."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.supervise()
            time.sleep(SETTLE_SECONDS)

    def await_that(self, condition: Callable[[], bool], within: float, what: str) -> None:
        """Supervise until something holds; fail with `what` and the workers' last words otherwise."""
        end = time.monotonic() + within
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not within {within} s: {what}; exits {self.exits}\n{self.last_words()}")
            self.supervise()
            time.sleep(SETTLE_SECONDS)

    def output(self, name: str) -> str:
        """Everything a worker wrote in all its lives."""
        lives = range(1, self.lives.get(name, 0) + 1)
        return "".join(self._log(name, life).read_text(errors="replace") for life in lives)

    def last_words(self) -> str:
        return "\n".join(f"--- {name}\n{self.output(name)[-1500:]}" for name in self.lives)

    def _log(self, name: str, life: int) -> Path:
        return self._folder / f"{name}.{life}.log"


def read_notes(path: Path) -> list[dict[str, Any]]:
    """The events a worker noted, one JSON object a line; the last line may be torn by a kill."""
    notes = []
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            notes.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return notes


def dice(seed: int | None = None) -> random.Random:
    """Dice for the moments of faults; the seed is printed, and EARLYWORD_SEED repeats a run."""
    seed = seed if seed is not None else int(os.environ.get("EARLYWORD_SEED", time.time_ns() % 10**6))
    print(f"EARLYWORD_SEED={seed}")
    return random.Random(seed)
