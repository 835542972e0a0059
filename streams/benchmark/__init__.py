"""``earlyword benchmark``: the figures of ARCHITECTURE section 7, all in one run on one local Apache Kafka."""
