"""The engine: Faust carrying partition batches. Nothing in it knows what a family is; see README.md."""

from streams.engine.app import EngineApp, batch_table, build_app, raw_topic
from streams.engine.batch import Batch
from streams.engine.follower import Follower
from streams.engine.outputs import Output
from streams.engine.settings import EngineSettings, MutualTls, Safeguards, Scram
from streams.engine.settle import settle
from streams.engine.table import BatchTable
from streams.engine.ticks import Heartbeats, Ticker
from streams.engine.worker import run

__all__ = [
    "Batch",
    "BatchTable",
    "EngineApp",
    "EngineSettings",
    "Follower",
    "Heartbeats",
    "MutualTls",
    "Output",
    "Safeguards",
    "Scram",
    "Ticker",
    "batch_table",
    "build_app",
    "raw_topic",
    "run",
    "settle",
]
