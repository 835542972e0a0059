"""One node of Apache Kafka as a child process on a leash: when its parent dies, however it dies, it dies too."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP

STOP_SECONDS = 60  # a clean stop takes under a second; the one that leaves an archive some ten
LAST_WORDS = 400

# The child is Java itself (exec), so signals and exit code are Java's own. A small reader stays beside it: a line
# on the pipe means that Java was ended in order; the end of the pipe without a line means that the parent is gone.
# Not PR_SET_PDEATHSIG: that follows the *thread* that started the child, and threads of a pool come and go.
LEASH = 'exec 3<&0 </dev/null; { read -r _ <&3 || kill -KILL $$; } & exec 3<&-; exec "$@"'


class Node:
    """A child process running one node; its output is appended to `log`."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        """Start the child in a session of its own, so that Ctrl-C reaches the parent alone."""
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own Java and our own jars
                ["/bin/sh", "-c", LEASH, "sh", *command],
                stdin=subprocess.PIPE,
                bufsize=0,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id of Java."""
        return self._process.pid

    def is_running(self) -> bool:
        """Whether the process is there; a paused one is."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it like a power cut, and wait until it is gone."""
        if self.is_running():
            self._process.send_signal(SIGKILL)
        self._process.wait()
        self._unleash()

    def pause(self) -> None:
        """Let it stand still with its connections open."""
        self._process.send_signal(SIGSTOP)

    def resume(self) -> None:
        """Let a paused node go on."""
        self._process.send_signal(SIGCONT)

    def ask_to_stop(self) -> None:
        """Ask it to close its files and go; `await_end` waits for it."""
        if self.is_running():
            self.resume()
            self._process.terminate()

    def await_end(self, seconds: float = STOP_SECONDS) -> bool:
        """Wait for the end; after `seconds` end it hard. Give whether it went by itself."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        self._unleash()
        return True

    def last_words(self) -> str:
        """The end of its output, for the person who looks into why it ended."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:].strip()

    def _unleash(self) -> None:
        """Let the reader go without a kill."""
        pipe = self._process.stdin
        if pipe is not None and not pipe.closed:
            try:
                pipe.write(b"ended\n")
            except BrokenPipeError:
                pass  # the reader went first
            finally:
                pipe.close()
