"""A measured process: started, listened to, ended. It dies with us, however we die."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from signal import SIGKILL
from types import TracebackType
from typing import Final, Self

from streams.benchmark.notes import Note, Reading, What
from streams.kafka.node import LEASH

LOOK_SECONDS: Final = 0.02
STOP_SECONDS: Final = 20.0
LAST_WORDS: Final = 2_000


class BenchmarkFailedError(Exception):
    """A measured process ended or did not come to its end in time. Operator: the end of its log says why."""

    def __init__(self, sentence: str, last_words: str = "") -> None:
        super().__init__(sentence)
        self.last_words = last_words


class Child:
    """One `python -m streams.benchmark.worker <task>`. Its log and its notes lie in the folder."""

    def __init__(self, task: str, folder: Path, environment: Mapping[str, str], *arguments: str) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the parent alone, who ends it."""
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob(f"{task}-*.log")))
        self.task = task
        self.log = folder / f"{task}-{number}.log"
        notes = self.log.with_suffix(".notes")
        self.reading = Reading(notes)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("EARLYWORD_")}
        command = (sys.executable, "-m", "streams.benchmark.worker", task, str(notes), *arguments)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own Python and our own module
                ["/bin/sh", "-c", LEASH, "sh", *command],
                stdin=subprocess.PIPE,
                bufsize=0,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=folder,
                env={**inherited, **environment},
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.stop()
        else:
            self.kill()

    def stop(self) -> None:
        """Ask it to settle what it has in hand and go; end it hard if it does not."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._unleash()

    def kill(self) -> None:
        """End it like a power cut."""
        if self._process.poll() is None:
            self._process.send_signal(SIGKILL)
        self._process.wait()
        self._unleash()

    def await_note(self, what: What, within: float) -> Note:
        """The first note of this, now or as soon as it is written."""
        self.watch(lambda fresh: any(note.what == what for note in fresh) or None, within, f"{what} was not told")
        found = self.reading.first(what)
        assert found is not None  # noqa: S101 - just seen
        return found

    def watch(self, look: Callable[[list[Note]], object], within: float, otherwise: str) -> None:
        """Give every fresh note to ``look`` until it gives something; all notes so far come first.

        Raises BenchmarkFailedError when the process ends or the seconds are over before that.
        """
        self.reading.read_on()
        fresh = list(self.reading.notes)
        until = time.monotonic() + within
        while not look(fresh):
            ended = self._process.poll()
            fresh = self.reading.read_on()
            if fresh:
                continue
            if ended is not None:
                raise self._failed(f"it ended with exit code {ended}")
            if time.monotonic() > until:
                raise self._failed(f"{otherwise} within {within:.0f} s")
            time.sleep(LOOK_SECONDS)

    def _failed(self, why: str) -> BenchmarkFailedError:
        log = self.log.read_text(encoding="utf-8", errors="replace")
        return BenchmarkFailedError(f"{self.task}: {why}.", log[-LAST_WORDS:].strip())

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
