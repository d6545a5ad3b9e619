"""Which tasks were begun, as the next process reads it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rekuest_codegen.runtime.provider import begun
from rekuest_codegen.runtime.provider.begun import Begun
from rekuest_codegen.runtime.provider.handover import Handover
from rekuest_codegen.wire.conversation import AgentSide


def test_the_next_process_knows(tmp_path: Path) -> None:
    first = Begun(tmp_path / "b", list)
    assert not first.surely_not("1"), "nobody was there before who could have noted it"
    first.note("1")
    first.note("a\nb")
    second = Begun(tmp_path / "b", list)  # as a process that was killed leaves it
    assert [second.surely_not(task) for task in ("1", "2", "a\nb", "b")] == [False, True, False, True]
    second.note("2")
    third = Begun(tmp_path / "b", list)
    assert [third.surely_not(task) for task in ("1", "2", "3")] == [False, False, True]
    for one in (first, second, third):
        one.close()


def test_the_file_stays_short_and_keeps_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begun, "MOST", 30)
    monkeypatch.setattr(begun, "LATEST", 10)
    one = Begun(tmp_path / "b", lambda: ["0", "7"])
    for number in range(200):
        one.note(str(number))
    lines = (tmp_path / "b").read_text().splitlines()
    assert len(lines) <= 30
    assert {"0", "7", "199"} <= set(lines)
    one.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_noted_leaves_no_file_to_be_trusted(tmp_path: Path) -> None:
    one = Begun(tmp_path / "b", list)
    os.close(one._file)
    one._file = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(OSError, match="No space"):
        one.note("1")
    assert not (tmp_path / "b").exists()


def handed_over(path: Path) -> tuple[AgentSide, Handover]:
    side = AgentSide("t")
    handover = Handover("lab", side, path, list)
    handover.open()
    return side, handover


def killed(handover: Handover) -> None:
    """What a process that is killed leaves is released, and nothing is said."""
    assert handover._journal is not None
    handover._journal._db.close()


def test_a_session_and_what_it_began_are_handed_over(tmp_path: Path) -> None:
    side, first = handed_over(tmp_path / "j")
    first.begins("1")
    killed(first)
    again, second = handed_over(tmp_path / "j")
    assert again.session_id == side.session_id
    assert [second.surely_not_begun(task) for task in ("1", "2")] == [False, True]
    again.begin()
    second.begin()  # another session: of what the one before began nothing is known, and nothing asked
    assert not second.surely_not_begun("2")
    second.close()
    assert list(tmp_path.iterdir()) == []


def test_a_session_of_which_nothing_was_noted_is_not_trusted(tmp_path: Path) -> None:
    _, first = handed_over(tmp_path / "j")
    killed(first)
    (tmp_path / "j-begun").unlink()
    _, second = handed_over(tmp_path / "j")
    second.begins("1")
    killed(second)
    _, third = handed_over(tmp_path / "j")
    assert not third.surely_not_begun("2")
    third.close()
