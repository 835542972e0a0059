"""The local Apache Kafka: a child process of ours, for the demo and the tests; also topics and the doctor.

Start reading at `local.py`. Production uses a broker of its own: `EARLYWORD_BROKER=host:port`.
"""
