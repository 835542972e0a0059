"""The engine: Faust carrying partition batches. Nothing in it knows what a family is; see README.md."""

from streams.engine.app import EngineApp, batch_table, build_app, raw_topic
from streams.engine.batch import Batch
from streams.engine.outputs import Output
from streams.engine.settings import EngineSettings, MutualTls, Safeguards, Scram
from streams.engine.settle import settle
from streams.engine.table import BatchTable
from streams.engine.worker import run

__all__ = [
    "Batch",
    "BatchTable",
    "EngineApp",
    "EngineSettings",
    "MutualTls",
    "Output",
    "Safeguards",
    "Scram",
    "batch_table",
    "build_app",
    "raw_topic",
    "run",
    "settle",
]
