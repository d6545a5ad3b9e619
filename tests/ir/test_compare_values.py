"""The table keeps its word: what it calls compatible, values prove.

Old packages send what their own stubs carry to providers of now, and read what those return; callers who generate
anew send the same values through the new stubs. The walks are the runtime's own.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from rekuest_codegen.ir import Node, Port, check_node
from rekuest_codegen.ir.compare import Change, Impact, compare
from rekuest_codegen.ir.compare.ports import is_optional
from rekuest_codegen.runtime.values import expand_all, shrink_all, values_walk
from tests.ir.evolving import MODELS, agree, all_within, later, one_meaning, ports, values

WALK = values_walk(MODELS)
BREAKING = {Impact.CALLERS, Impact.WIRE}
many = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def carried(ports: Sequence[Port]) -> tuple[Port, ...]:
    """The ports as a generated package carries them: what may be left out may be null."""
    return tuple(
        port.model_copy(update={"nullable": is_optional(port), "validators": (), "children": carried(port.children)})
        for port in ports
    )


@st.composite
def evolved(draw: st.DrawFn, side: str) -> tuple[Node, Node, tuple[Change, ...]]:
    """A node, what became of it, and what we say changed."""
    keys = ["x", "y"][: draw(st.integers(1, 2))]
    before = [draw(ports(key)) for key in keys]
    after = [draw(later(port, defaults=side == "args")) for port in before]
    if draw(st.integers(0, 9)) == 0:
        after.append(draw(ports("z")))
    assume(one_meaning(before) and one_meaning(after))
    old, new = Node(key="f", **{side: tuple(before)}), Node(key="f", **{side: tuple(after)})
    assert not check_node(old)
    assert not check_node(new)
    return old, new, compare([old], [new])


def worst(changes: tuple[Change, ...]) -> Impact | None:
    found = {change.impact for change in changes}
    return next((impact for impact in Impact if impact in found), None)


@many
@given(st.data())
def test_what_an_old_package_sends_is_understood(data: st.DataObject) -> None:
    old, new, changes = data.draw(evolved("args"))
    event(f"{worst(changes)}")
    if worst(changes) in BREAKING:
        return
    given_ = {port.key: data.draw(values(port)) for port in old.args}

    async def travel() -> tuple[Any, Any]:
        wire = json.loads(json.dumps(await shrink_all(carried(old.args), given_, WALK)))
        return await expand_all(old.args, wire, WALK), await expand_all(new.args, wire, WALK)

    then, now = asyncio.run(travel())
    for port in new.args:
        if port.key in then:
            assert agree(then[port.key], now[port.key])
            assert all_within(port, now[port.key])


@many
@given(st.data())
def test_what_callers_wrote_stays_right_with_a_new_package(data: st.DataObject) -> None:
    old, new, changes = data.draw(evolved("args"))
    event(f"{worst(changes)}")
    if worst(changes) is Impact.CALLERS:
        return
    given_ = {port.key: data.draw(values(port)) for port in old.args}

    async def travel() -> tuple[Any, Any]:
        before = json.loads(json.dumps(await shrink_all(carried(old.args), given_, WALK)))
        after = json.loads(json.dumps(await shrink_all(carried(new.args), given_, WALK)))
        return await expand_all(old.args, before, WALK), await expand_all(new.args, after, WALK)

    then, now = asyncio.run(travel())
    assert all(agree(then[key], now[key]) for key in then)


@many
@given(st.data())
def test_what_comes_back_is_understood_by_an_old_package(data: st.DataObject) -> None:
    old, new, changes = data.draw(evolved("returns"))
    event(f"{worst(changes)}")
    if worst(changes) in BREAKING:
        return
    returned = {port.key: data.draw(values(port)) for port in new.returns}

    async def travel() -> tuple[Any, Any]:
        wire = json.loads(json.dumps(await shrink_all(new.returns, returned, WALK)))
        return await expand_all(carried(old.returns), wire, WALK), await expand_all(carried(new.returns), wire, WALK)

    then, now = asyncio.run(travel())
    assert all(agree(then[key], now[key]) for key in then)


@many
@given(st.data())
def test_what_comes_back_is_of_a_type_callers_know(data: st.DataObject) -> None:
    old, new, changes = data.draw(evolved("returns"))
    if worst(changes) is Impact.CALLERS:
        return
    returned = {port.key: data.draw(values(port)) for port in new.returns}
    asyncio.run(shrink_all(old.returns, returned, WALK))


def test_the_properties_are_about_something() -> None:
    """Enough of what is drawn is compatible and yet not the same, on either side."""
    seen: Counter[tuple[str, Impact | None]] = Counter()

    @settings(max_examples=300, database=None, derandomize=True)
    @given(st.sampled_from(["args", "returns"]).flatmap(lambda side: st.tuples(st.just(side), evolved(side))))
    def count(drawn: tuple[str, tuple[Node, Node, tuple[Change, ...]]]) -> None:
        side, (_, _, changes) = drawn
        seen[side, worst(changes)] += 1

    count()
    for side in ("args", "returns"):
        assert all(seen[side, impact] >= 5 for impact in (Impact.CALLERS, Impact.WIRE, Impact.COMPATIBLE)), seen
