"""The one thing that can be said when no local Apache Kafka can be had."""


class KafkaUnavailable(Exception):  # noqa: N818 - named for what is so
    """The local Apache Kafka cannot be started here.

    Operator: point EARLYWORD_BROKER at a broker you have, or start one with deploy/compose.yaml.
    """

    def __init__(self, cause: str) -> None:
        """Say why in half a sentence; the way out is added."""
        super().__init__(
            f"{cause}; set EARLYWORD_BROKER=host:port to use a broker you have, or start one with deploy/compose.yaml."
        )
