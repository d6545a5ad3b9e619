"""What a caller does wrong is said in one line, where it is done: names of functions, of packages, seconds, ids."""

from __future__ import annotations

import os
import pickle
import warnings
from typing import Any

import pytest

from rekuest_codegen import Server, attach, connect, map, submit, sweep, using
from rekuest_codegen.errors import (
    ConfigurationError,
    ConnectionLost,
    NodeError,
    NodeNotFound,
    SyncInsideLoopError,
)
from rekuest_codegen.wire.answers import data_of


def test_what_a_node_raised_is_shown_with_its_type(lab: Any) -> None:
    with pytest.raises(NodeError) as caught:
        lab.fail("boom")
    assert str(caught.value) == "lab/fail: ValueError: boom"
    assert (caught.value.type, caught.value.message) == ("ValueError", "boom")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_what_a_structure_raises_at_the_provider_names_the_place(lab: Any) -> None:
    with pytest.raises(NodeError) as caught:
        lab.look(lab.Store("nonesuch"))
    assert str(caught.value) == "lab/look: arguments: $.store: KeyError: 'nonesuch'"
    assert caught.value.type == "KeyError"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("No active implementation found for action Two", "ws://x: nobody provides it now"),
        ("Action matching query does not exist.", "ws://x: the server has no such node any more"),
        ("Agent is not available (not connected for a while)", "ws://x: the agent .* is not connected now"),
    ],
)
def test_a_node_that_nobody_provides(text: str, said: str) -> None:
    with pytest.raises(NodeNotFound, match=f"^{said}$"):
        data_of("ws://x", {"errors": [{"message": text}]})


async def test_what_to_write_in_a_loop(lab: Any) -> None:
    for call, advice in (
        (lambda: lab.add(1), r"write await aadd\(\.\.\.\) instead$"),
        (lambda: lab.count(1), r"write async for \.\.\. in acount\(\.\.\.\) instead$"),
        (lambda: map(lab.add, [1]), r"write async for \.\.\. in amap\(\.\.\.\) instead$"),
    ):
        with pytest.raises(SyncInsideLoopError, match=advice):
            call()


def test_arguments_that_are_missing_or_unknown_name_the_function(lab: Any) -> None:
    loose: Any = lab
    with pytest.raises(TypeError, match=r"^add\(\) missing a required argument: 'x'$"):
        submit(loose.add)
    with pytest.raises(TypeError, match=r"^add\(\) got an unexpected keyword argument 'xx'$"):
        submit(loose.add, xx=1)
    with pytest.raises(TypeError, match=r"^add\(\) got an unexpected keyword argument 'xx'\n.*item 0"):
        next(map(loose.add, [{"xx": 1}]))
    with pytest.raises(TypeError, match=r"^add\(\) got an unexpected keyword argument 'xx'$"):
        sweep(loose.add, xx=[1])
    with pytest.raises(TypeError, match=r"^add\(\) missing a required argument: 'x'$"):
        sweep(loose.add, y=[1])


@pytest.mark.parametrize(("values", "advice"), [(7, "x=[7]"), ("ab", "x=['ab']"), ({"a": 1}, "x=[{'a': 1}]")])
def test_what_is_one_value_is_not_swept_over(lab: Any, values: Any, advice: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        sweep(lab.add, x=values)
    assert str(caught.value) == f"sweep: x: expected values to sweep over; write {advice} for one"


def test_a_task_is_attached_by_its_id_or_the_number_that_it_is(lab: Any) -> None:
    task = submit(lab.add, 1, 2)
    assert task.result(10) == 3
    number: Any = int(task.id)
    del task
    assert attach(lab.add, number).result(10) == 3
    for id in (None, "", True, 1.5):
        with pytest.raises(ConfigurationError, match=r"expected the id of a task"):
            attach(lab.add, id)  # type: ignore[arg-type]  # a mistake


@pytest.mark.parametrize("timeout", ["1", -1, 0, float("nan"), True])
def test_seconds_that_are_none(lab: Any, timeout: Any) -> None:
    task = submit(lab.add, 1)
    with pytest.raises(ConfigurationError, match="expected seconds above 0, or None"):
        task.result(timeout)
    with pytest.raises(ConfigurationError, match="expected seconds above 0, or None"):
        Server("http://127.0.0.1:1", "t").check(timeout)
    task.result(10)


def test_servers_and_packages_that_are_none() -> None:
    loose: Any = using
    for server in ("http://127.0.0.1:1", None):
        with pytest.raises(ConfigurationError, match=r"using\(.*\): expected a Server"), loose(server):
            pass
    with (
        pytest.raises(ConfigurationError, match="package 'nosuchpkg': there is none"),
        using(Server("http://127.0.0.1:1", "t"), package="nosuchpkg"),
    ):
        pass
    with pytest.raises(ConfigurationError, match="package 'nosuchpkg': there is none"):
        connect("http://127.0.0.1:1", "t", package="nosuchpkg")
    with pytest.raises(ConfigurationError, match="package 5: expected a generated package"):
        connect("http://127.0.0.1:1", "t", package=5)  # type: ignore[arg-type]  # a mistake
    with pytest.raises(ConfigurationError, match="server address 5: expected something like"):
        connect(5, "t")  # type: ignore[arg-type]  # a mistake


def test_after_fork_a_stream_of_the_parents_cannot_be_read(lab: Any) -> None:
    items = lab.count(5)
    assert next(items) == 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking a process with threads: that is the test
        child = os.fork()
    if child == 0:
        try:
            next(items)
        except ConnectionLost as error:
            os._exit(0 if "is a fork of" in str(error) else 1)
        except BaseException:
            os._exit(2)
        os._exit(3)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert list(items) == [1, 2, 3, 4]
