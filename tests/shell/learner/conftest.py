"""The broker fixture of the promises."""

from tests.promises.conftest import kafka_of_its_own

__all__ = ["kafka_of_its_own"]
