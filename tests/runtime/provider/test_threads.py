"""Threads for functions, where the system gives only so many."""

from __future__ import annotations

import threading

import pytest

from rekuest_codegen.runtime.provider.threads import DaemonThreads


def test_work_waits_for_a_thread_where_no_more_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = DaemonThreads("few")
    start, given = threading.Thread.start, 2

    def start_few(self: threading.Thread) -> None:
        nonlocal given
        if self.name == "few":
            if given == 0:
                raise RuntimeError("can't start new thread")
            given -= 1
        start(self)

    monkeypatch.setattr(threading.Thread, "start", start_few)
    ran: list[int] = []
    go = threading.Event()

    def work(number: int) -> int:
        assert go.wait(10)
        ran.append(number)
        return number

    futures = [threads.submit(work, number) for number in range(10)]
    go.set()
    assert [future.result(10) for future in futures] == list(range(10))
    assert sorted(ran) == list(range(10)), "each once"
    assert threads.submit(work, 10).result(10) == 10, "they are idle, and known to be"
    threads.shutdown()


def test_without_any_thread_it_is_an_error_and_nothing_runs_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    threads = DaemonThreads("none")
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            threads.submit(pytest.fail, "it was reported as failed")
    assert threads.submit(lambda: 1).result(10) == 1
    threads.shutdown()
