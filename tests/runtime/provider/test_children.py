"""A call from inside of a task whose caller goes before it knows which task came of it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.provider.children import Children
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.conversation import Answered
from tests.runtime.caller.test_client import node


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("answered", ["before", "after"])
async def test_its_task_is_cancelled_unless_it_is_to_be_kept(keep: bool, answered: str) -> None:
    sent: list[messages.FromAgent] = []
    children = Children(cast("Any", None), sent.append, lost_after=1.0)
    children._actions["lab", "add"] = "1"
    how = Assignment(keep=lambda: True) if keep else None
    calling = asyncio.create_task(children.start(node(), {"x": 1}, "parent", how))
    await asyncio.sleep(0)
    (request,) = sent
    assert isinstance(request, messages.AssignRequest)
    answer = Answered(request, messages.AssignResponse(request=request.id, reference=request.reference, task="7"))
    if answered == "before":  # who waits has not heard of it when it is cancelled
        children.answer(answer)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    if answered == "after":
        children.answer(answer)
    assert [one.task for one in sent if isinstance(one, messages.CancelRequest)] == ([] if keep else ["7"])
    assert children._abandoned == set()
    assert children._answers == {}
