"""The journal: what an agent leaves to the next process of its app."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.provider.journal import Journal, Locked, journal_path
from rekuest_codegen.wire.messages import Completed, Failed, Yield


def test_ends_outlive_the_process_with_their_session(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "lab.journal"
    first = Journal(path)
    assert (first.session(), first.reports()) == (None, [])
    first.begin("s1")
    end, item = Completed(task="7", seq=2), Yield(task="7", seq=1, returns={"return0": [1, "é"]})
    first.keep([end, item])
    first.keep([end])
    first.commit()
    first._db.close()  # as a process that is killed leaves it
    second = Journal(path)
    assert second.session() == "s1"
    assert second.reports() == [item, end]
    second.begin("s1")
    second.drop([item.id])
    assert second.reports() == [end]
    second.close()
    assert path.exists()
    third = Journal(path)
    third.drop([end.id])
    third.close()
    assert list(path.parent.iterdir()) == [], "nothing is left to be sent"


def test_another_session_drops_what_was_left(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.begin("s1")
    journal.keep([Failed(task="1", error="e")])
    journal.begin("s2")
    assert (journal.session(), journal.reports()) == ("s2", [])
    journal.close()


def test_what_was_not_committed_is_not_there(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.begin("s")
    journal.keep([Completed(task="1")])
    journal._db.close()
    again = Journal(tmp_path / "j")
    assert again.reports() == []
    again.close()


def test_one_process_at_a_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    with pytest.raises(Locked, match="another process has it"):
        Journal(tmp_path / "j")
    journal.close()
    Journal(tmp_path / "j").close()


def test_what_cannot_be_read_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "j").write_bytes(b"no database" * 100)
    with pytest.raises(ConfigurationError, match="remove it, or set REKUEST_JOURNAL"):
        Journal(tmp_path / "j")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="journal"):
        Journal(tmp_path / "file" / "j")


def test_reports_of_another_version_are_skipped(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.begin("s")
    journal.keep([Completed(task="1")])
    journal.commit()
    journal._db.execute("INSERT INTO reports VALUES ('x', 0, '{\"type\": \"NOVEL\"}')")
    assert [report.task for report in journal.reports()] == ["1"]
    journal.close()


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REKUEST_JOURNAL", raising=False)
    path = journal_path("my/../app", "http://a")
    assert path is not None
    assert path.parent == Path(".rekuest")
    assert path.name.startswith("my_.._app-")
    assert path != journal_path("my/../app", "http://b")
    monkeypatch.setenv("REKUEST_JOURNAL", str(tmp_path))
    placed = journal_path("..", "http://a")
    assert placed is not None
    assert placed.parent == tmp_path
    assert placed.name.startswith("app-")
    monkeypatch.setenv("REKUEST_JOURNAL", "")
    assert journal_path("lab", "http://a") is None


def test_the_layout_is_plain(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.begin("s")
    journal.keep([Completed(task="1")])
    journal.commit()
    journal._db.close()
    with sqlite3.connect(tmp_path / "j") as database:
        assert database.execute("SELECT count(*) FROM reports").fetchone() == (1,)
    database.close()
