"""The folder of a demo: the town's hub.toml, a pseudonym key of its own, the broker's data, a log for each process."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from streams.settings import SettingsError

KEY_BYTES: Final = 32
OWNER_ONLY: Final = 0o600


@dataclass
class DemoFolder:
    """Where everything of one demo lies, and whether it stays when the demo is over."""

    path: Path
    is_kept: bool = True

    @property
    def hub(self) -> Path:
        """What the town's agencies agreed on."""
        return self.path / "hub.toml"

    @property
    def key(self) -> Path:
        """The secret of this demo's pseudonyms: random, for its owner only."""
        return self.path / "pseudonym.key"

    @property
    def kafka(self) -> Path:
        """The broker's data and log."""
        return self.path / "kafka"

    def log(self, process: str) -> Path:
        """What a process said."""
        return self.path / f"{process}.log"


@contextmanager
def open_folder(wanted: Path | None, *, keep: bool) -> Iterator[DemoFolder]:
    """The demo's folder. One that the caller named is kept; one of our own leaves with the demo, unless it failed.

    Raises SettingsError when the folder named holds something already: a demo counts what is there.
    """
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        if any(wanted.iterdir()):
            raise SettingsError("The folder of --folder must be empty or not there yet; name another.")
        yield DemoFolder(wanted.absolute())
        return
    folder = DemoFolder(Path(tempfile.mkdtemp(prefix="earlyword-demo-")), is_kept=keep)
    yield folder  # an error passes by here: what happened can then be looked up
    if not folder.is_kept:
        shutil.rmtree(folder.path, ignore_errors=True)


def furnish(folder: DemoFolder, hub: str) -> None:
    """Write hub.toml, and a new key that nobody else may read."""
    folder.hub.write_text(hub, encoding="utf-8")
    descriptor = os.open(folder.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES))
