"""The broker fixture of the promises, for tests of single processes."""

from tests.promises.conftest import kafka_of_its_own

__all__ = ["kafka_of_its_own"]
