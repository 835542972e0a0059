"""The transport to give a Faust app, so that it carries partition batches."""

from __future__ import annotations

from faust.transport.drivers import aiokafka as driver

from streams.engine.consumer import BatchConsumer
from streams.engine.producer import BatchProducer


class BatchTransport(driver.Transport):
    """Faust's aiokafka transport with our consumer and producer; nothing of Faust is patched."""

    Consumer = BatchConsumer
    Producer = BatchProducer
