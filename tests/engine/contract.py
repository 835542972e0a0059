"""What the engine leans on inside Faust, mode and aiokafka: names, parameters, and the order of steps.

Faust is pinned exactly, and this is why. When a test of the contract goes red after an upgrade:

1. read the function that changed, and the place in `streams/engine` that leans on it;
2. run the oracles: `pytest tests/engine -m "broker or oracle"`, the two-worker kills several times;
3. only then take the new pins: `python -m tests.engine.contract` prints them.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping
from functools import reduce
from importlib import import_module
from importlib.resources import files
from textwrap import dedent
from typing import Any, Final

Find = Callable[[str], Any]

CONSUMER: Final = "faust.transport.consumer:Consumer"
DRIVER: Final = "faust.transport.drivers.aiokafka"
RECOVERY: Final = "faust.tables.recovery:Recovery"
APP: Final = "faust.app.base:App"

PARAMETERS: Final[Mapping[str, str]] = {  # overridden or called by us
    f"{DRIVER}:Consumer._getmany": "self active_partitions timeout",
    f"{DRIVER}:Consumer._to_message": "self tp record",
    f"{DRIVER}:Consumer._add_gap": "self tp offset_from offset_to",
    f"{DRIVER}:Consumer._commit_offsets": "self offsets start_new_transaction",
    f"{DRIVER}:Consumer.force_commit": "self topics start_new_transaction",
    f"{DRIVER}:Consumer.perform_seek": "self",
    f"{DRIVER}:Consumer.seek": "self partition offset",
    f"{DRIVER}:Consumer.assignment": "self",
    f"{DRIVER}:Consumer.highwaters": "self partitions",
    f"{DRIVER}:Consumer.key_partition": "self topic key partition",
    f"{DRIVER}:Consumer.earliest_offsets": "self partitions",
    f"{DRIVER}:Consumer.on_partitions_revoked": "self revoked",
    f"{DRIVER}:Consumer.on_partitions_assigned": "self assigned generation_id",
    f"{DRIVER}:Consumer._new_consumer_thread": "self",
    f"{DRIVER}:AIOKafkaConsumerThread._create_worker_consumer": "self transport",
    f"{DRIVER}:Producer._ensure_producer": "self",
    f"{DRIVER}:Producer._settings_extra": "self",
    "faust.tables.base:Collection.apply_changelog_batch": "self batch",
    "faust.tables.base:Collection.persisted_offset": "self tp",
    "faust.tables.base:Collection.on_recovery_completed": "self active_tps standby_tps",
    "faust.tables.base:Collection.partition_for_key": "self key",
    "faust.tables.base:Collection.on_start": "self",
    "faust.tables.table:Table.on_key_get": "self key",
    "faust.tables.table:Table.on_key_set": "self key value",
    "faust.tables.table:Table.on_key_del": "self key",
    "faust.sensors.base:Sensor.on_stream_event_in": "self tp offset stream event",
    "faust.sensors.base:Sensor.on_stream_event_out": "self tp offset stream event state",
    "faust.sensors.base:Sensor.on_rebalance_start": "self app",
    "faust.sensors.base:Sensor.on_rebalance_end": "self app state",
    f"{RECOVERY}.active_remaining_total": "self",
    f"{APP}._on_agent_error": "self agent exc",
    f"{APP}._create_directories": "self",
    "faust.transport.conductor:Conductor.acks_enabled_for": "self topic",
    "mode.services:Service.wait_until_stopped": "self",
    "aiokafka:AIOKafkaProducer.create_batch": "self",
    "aiokafka:AIOKafkaProducer.send_batch": "self batch topic partition",
    "aiokafka:AIOKafkaProducer.partitions_for": "self topic",
    "aiokafka.producer.message_accumulator:BatchBuilder.append": "self timestamp key value headers",
    "aiokafka.producer.message_accumulator:BatchBuilder.close": "self",
    "aiokafka.producer.message_accumulator:BatchBuilder.record_count": "self",
}

LINES: Final[Mapping[str, tuple[str, ...]]] = {  # attributes we read or write
    f"{CONSUMER}.__init__": tuple(
        f"self.{name} = defaultdict" for name in ("_acked", "_acked_index", "_committed_offset", "_read_offset")
    ),
    "aiokafka:AIOKafkaConsumer.__init__": ("self._fetch_max_wait_ms = fetch_max_wait_ms",),
    "faust.stores.memory:Store.__post_init__": ("self.data: ", "self._key_partition: "),
    f"{APP}.on_rebalance_start": ("self.rebalancing = True", "self.rebalancing_count += 1"),
    f"{APP}.on_rebalance_end": ("self.rebalancing = False",),
}

PINS: Final[Mapping[str, str]] = {  # whether events get lost depends on the order of steps in these
    f"{CONSUMER}.getmany": "e486c434b7928ee8",
    f"{CONSUMER}._drain_messages": "8f35dd7a11144daa",
    f"{CONSUMER}._wait_next_records": "ba40cd3671328d3b",
    f"{CONSUMER}.perform_seek": "2b4ceebd23deb7ee",
    f"{CONSUMER}.seek": "7c61d5bd222aef82",
    f"{CONSUMER}._commit_offsets": "86b3e9b0aec773ac",
    f"{CONSUMER}.on_partitions_revoked": "652177e770ee66d6",
    f"{CONSUMER}.on_partitions_assigned": "c07feb1175f7dcf1",
    f"{CONSUMER}.wait_empty": "53195dca246c0a86",
    f"{CONSUMER}.on_stop": "7accc1bf4f9759a1",
    f"{RECOVERY}.on_recovery_completed": "895e7c415a4d1379",
    f"{RECOVERY}._resume_streams": "fbe0f747b84c0b27",
    f"{RECOVERY}._restart_recovery": "f93138b040ef1bc2",
    f"{RECOVERY}._slurp_changelogs": "7e3120dad754763d",
    f"{RECOVERY}.on_rebalance": "31030bc1807f4cd3",
    f"{RECOVERY}._add": "0bc4d83626768199",
    f"{RECOVERY}._build_offsets": "0f5a7d62fb7d4a1f",
    f"{RECOVERY}.flush_buffers": "446535924329ab76",
    f"{APP}._on_partitions_revoked": "c1abd58dcb37f0a2",
    f"{APP}._on_partitions_assigned": "c9c5485eb273837f",
    f"{APP}._stop_consumer": "96573acf5f044586",
    f"{APP}.on_rebalance_start": "34f7e4e29e5dad13",
    f"{APP}.on_rebalance_end": "702029e30de7fa32",
    f"{APP}._on_agent_error": "85c4398d6373ddd1",
    "faust.agents.agent:Agent._execute_actor": "f5fa58d0f95a15a5",
    "faust.tables.manager:TableManager.on_start": "b82e759be50ccebe",
    "faust.tables.manager:TableManager._update_channels": "c43fe8c0812bf9cb",
    "faust.stores.memory:Store.on_recovery_completed": "92833ba38c9e53cb",
    "faust.streams:Stream._py_aiter": "125c81c2d38d6c76",
    "faust.streams:Stream._c_aiter": "e1c5071a8280fd46",
    "faust._cython/streams.pyx": "0041622f4a251188",
    f"{DRIVER}:AIOKafkaConsumerThread._fetch_records": "9e7369fc572de4d0",
    f"{DRIVER}:AIOKafkaConsumerThread._commit": "78c931ecfa8dde44",
    f"{DRIVER}:ConsumerRebalanceListener.on_partitions_revoked": "cb4aa49e968a4a46",
    f"{DRIVER}:ConsumerRebalanceListener.on_partitions_assigned": "f8231db51dd545c6",
    "mode.utils.queues:FlowControlEvent.resume": "da6fc70c770ea01b",
    "mode.utils.queues:FlowControlEvent.clear": "ad25d8fa610ebf2a",
    "mode.services:Service.wait_first": "3ed3b8c32e14dec3",
    "aiokafka.consumer.fetcher:Fetcher.fetched_records": "e20ce0c8117f12d2",
    "aiokafka.producer.message_accumulator:MessageAccumulator.add_batch": "35870bc8e9ebda9b",
    "aiokafka.producer.message_accumulator:MessageAccumulator._pop_batch": "6dc3d1b621452ef1",
}


def find(name: str) -> Any:
    """The function `package.module:Class.method`, or the text of a file `package/file`."""
    if "/" in name:
        package, file = name.split("/")
        return files(package).joinpath(file).read_text()
    module, path = name.split(":")
    return reduce(getattr, path.split("."), import_module(module))


def bare(function: Any) -> Any:
    """The function that was written: without decorators, and without mode's task around it."""
    return inspect.unwrap(getattr(function, "fun", function))


def pin(found: Any) -> str:
    """A short hash of a function's source, or of a text."""
    text = found if isinstance(found, str) else dedent(inspect.getsource(bare(found)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def breaches(find: Find = find) -> list[str]:
    """Where what is installed is not what the engine was written against; empty: the contract holds."""
    checks: list[tuple[str, Callable[[Any], str]]] = [
        *((name, lambda f, want=want: _other_parameters(f, want)) for name, want in PARAMETERS.items()),
        *((name, lambda f, want=want: _missing_lines(f, want)) for name, want in LINES.items()),
        *((name, lambda f, want=want: "" if pin(f) == want else "changed") for name, want in PINS.items()),
    ]
    found = []
    for name, check in checks:
        try:
            breach = check(find(name))
        except (AttributeError, ImportError, FileNotFoundError):
            breach = "gone"
        if breach:
            found.append(f"{name}: {breach}")
    return found


def _other_parameters(function: Any, expected: str) -> str:
    names = " ".join(inspect.signature(bare(function)).parameters)
    return "" if names == expected else f"parameters are ({names})"


def _missing_lines(function: Any, lines: tuple[str, ...]) -> str:
    source = inspect.getsource(bare(function))
    return "; ".join(f"no longer says {line!r}" for line in lines if line not in source)


if __name__ == "__main__":
    for name in PINS:
        print(f'    "{name}": "{pin(find(name))}",')
