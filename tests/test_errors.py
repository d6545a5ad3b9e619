"""Errors travel between processes whole: pools of a user's, and functions in processes of their own, pickle them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from rekuest_codegen import errors
from rekuest_codegen.errors import Finding, RekuestError


def kinds(of: type[RekuestError] = RekuestError) -> Iterator[type[RekuestError]]:
    yield of
    for kind in of.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield from kinds(kind)


OWN = {
    errors.ArgumentError: errors.ArgumentError("$.x", "is wrong"),
    errors.DefinitionError: errors.DefinitionError([Finding("deep", "app/key", "is too deep")]),
    errors.MissingExtraError: errors.MissingExtraError("arrays", "numpy"),
    errors.NodeError: errors.NodeError("lab/add", "7", "no", type="ValueError", traceback="..."),
    errors.AgentLost: errors.AgentLost("gone", node="lab/add", since=datetime.now(UTC), begun=False),
}


@pytest.mark.parametrize("kind", [*kinds()], ids=lambda kind: kind.__name__)
def test_an_error_is_the_same_after_travelling(kind: type[RekuestError]) -> None:
    error = OWN[kind] if kind in OWN else kind("what happened")
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is kind
    assert (str(arrived), arrived.args, vars(arrived)) == (str(error), error.args, vars(error))
    assert arrived.retry_safe is error.retry_safe
