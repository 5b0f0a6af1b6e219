"""The folder of files that come and go is private, and emptied."""

import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

from explorer.page.resources import cache
from training.errors import UserError


@pytest.fixture
def base(tmp_path, monkeypatch):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "base"))
    (tmp_path / "base").mkdir()
    return tmp_path / "base"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes")
def test_the_folder_is_its_users_alone_and_gone_afterwards(base):
    with cache.opened() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert Path(os.environ[cache.VARIABLE]).is_relative_to(folder)
        assert Path(tempfile.mkdtemp()).is_relative_to(folder)
    assert [*base.iterdir()] == [] and os.environ[cache.VARIABLE] == str(base)


def test_what_a_killed_app_left_is_removed_at_the_next_start(base):
    for name in ("dead", "alive"):
        (base / f"{cache.PREFIX}{name}" / "files").mkdir(parents=True)
        (base / f"{cache.PREFIX}{name}" / cache.LOCK).touch()
    (base / f"{cache.PREFIX}not-ours").mkdir()
    with FileLock(base / f"{cache.PREFIX}alive" / cache.LOCK), cache.opened() as folder:
        left = {each.name.removeprefix(cache.PREFIX) for each in base.iterdir() if each != folder}
    assert left == {"alive", "not-ours"}


def test_old_files_go_and_the_oldest_where_they_are_too_large_together(tmp_path):
    for age_s, name in ((1000, "old"), (50, "older"), (10, "new")):
        file = tmp_path / name / "image.png"
        file.parent.mkdir()
        file.write_bytes(bytes(100))
        for path in (file, file.parent):
            os.utime(path, (0, path.stat().st_mtime - age_s))
    cache.sweep(tmp_path, age_s=500)
    assert sorted(each.parent.name for each in tmp_path.rglob("*.png")) == ["new", "older"]
    cache.sweep(tmp_path, age_s=500, most_bytes=150)
    assert sorted(each.parent.name for each in tmp_path.rglob("*.png")) == ["new"]


def test_a_folder_that_cannot_be_written_is_said_at_the_start(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "folder"))
    said = r"cannot be written \(.*\), so there is no place .*\.$"
    with pytest.raises(UserError, match=said), cache.opened():
        pass
