"""The demo's folder: a key for its owner only, nothing overwritten, kept when somebody may want to look."""

import stat
from pathlib import Path

import pytest

from streams.demo.folder import furnish, open_folder
from streams.intake.pseudonyms import read_key
from streams.settings import SettingsError


def test_the_key_is_new_each_time_good_for_intake_and_for_its_owner_only(tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "two"):
        with open_folder(tmp_path / name, keep=False) as folder:
            furnish(folder, "[hub]\n")
            assert stat.S_IMODE(folder.key.stat().st_mode) == 0o600
            keys.add(folder.key.read_bytes())
            read_key(folder.key.read_bytes(), 1)
    assert len(keys) == 2


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SettingsError, match="must be empty"), open_folder(tmp_path, keep=False):
        raise AssertionError("it was opened")
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_was_named_stays(tmp_path: Path) -> None:
    with open_folder(tmp_path / "mine", keep=False) as folder:
        furnish(folder, "[hub]\n")
    assert folder.is_kept
    assert folder.hub.exists()


@pytest.mark.parametrize("keep", [True, False])
def test_a_folder_of_its_own_leaves_with_the_demo_unless_it_is_to_stay(
    keep: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_folder(None, keep=keep) as folder:
        furnish(folder, "[hub]\n")
    assert folder.path.exists() is keep


def test_what_failed_can_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(RuntimeError), open_folder(None, keep=False) as folder:
        raise RuntimeError
    assert folder.path.exists()
