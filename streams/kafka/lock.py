"""Write `kafka.lock` anew: `python -m streams.kafka.lock`.

Resolves Apache Kafka and all that it needs, and writes name, version and sha256 of every jar. Review the
difference before committing it: the lock is what will run.
"""

import sys
from pathlib import Path

from streams.kafka.jars import LOCK, LockedJar, digest

KAFKA = "org.apache.kafka:kafka_2.13:4.2.2"
LOGGER = "org.slf4j:slf4j-simple:1.7.36"  # without it the broker dies in silence; same version as its slf4j-api

NOTE = """\
# Every jar of the local Apache Kafka: coordinate and sha256, checked before each start.
# Written by `python -m streams.kafka.lock`; never edited by hand.
"""


def resolve() -> tuple[LockedJar, ...]:
    """Give every jar that Apache Kafka needs, sorted by coordinate; uses the network."""
    import jgo

    environment = jgo.build(endpoint=f"{KAFKA}+{LOGGER}")
    locked = environment.lockfile
    if locked is None:
        raise RuntimeError("jgo wrote no list of what it resolved")
    # all_jars, not classpath: jgo sorts most of the jars into a module path, and the class path would hold two.
    paths = {Path(path).name: Path(path) for path in environment.all_jars}
    jars = (
        LockedJar(found.groupId, found.artifactId, found.version, digest(paths.pop(name)))
        for found in locked.dependencies
        if (name := f"{found.artifactId}-{found.version}.jar")
    )
    result = tuple(sorted(jars, key=lambda jar: jar.line))
    if paths:
        raise RuntimeError(f"jars without a coordinate: {sorted(paths)}")
    return result


def write(jars: tuple[LockedJar, ...], lock: Path = LOCK) -> None:
    """Write the lock."""
    lock.write_text(NOTE + "".join(f"{jar.line}\n" for jar in jars), encoding="utf-8")


if __name__ == "__main__":
    found = resolve()
    write(found)
    sys.stdout.write(f"{len(found)} jars written to {LOCK.name}\n")
