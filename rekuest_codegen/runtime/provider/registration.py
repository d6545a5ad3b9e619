"""What an agent tells a server about itself: one payload and one hash, whoever sends them.

A running agent introduces itself with it, and ``push`` does so without running anything. Equal definitions give an
equal hash, in whatever order the files were read, so whoever comes second has nothing left to tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from rekuest_codegen.api.client.operations import ENSURE_AGENT_GQL, IMPLEMENT_AGENT_GQL
from rekuest_codegen.api.contracts import LOOK_AT_SERVER, Contract, contract_of
from rekuest_codegen.errors import ServerError
from rekuest_codegen.ir import Node, Port
from rekuest_codegen.ir.canonical import canonical_json
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.wire.definitions import Terms, implement_input


@dataclass(frozen=True, slots=True)
class Registration:
    """Everything the agent ``name`` provides; ``declared`` is the payload of which ``hash`` is taken."""

    name: str
    nodes: Mapping[str, Node]
    declared: Mapping[str, Any]
    hash: str
    terms: Mapping[str, Terms]
    states: Sequence[tuple[str, Sequence[Port]]]

    @classmethod
    def of(
        cls,
        name: str,
        functions: Iterable[tuple[str, Node]],
        *,
        terms: Mapping[str, Terms] = MappingProxyType({}),
        states: Iterable[tuple[str, Sequence[Port]]] = (),
    ) -> Self:
        """The registration of functions given as interface and node; the later one of an interface counts."""
        nodes = dict(sorted(dict(functions).items()))
        known = sorted(states, key=lambda state: state[0])
        declared = implement_input(nodes.items(), terms=terms, states=known)
        hashed = hashlib.sha256(canonical_json(declared).encode()).hexdigest()
        return cls(name, nodes, declared, hashed, terms, known)

    def declaration(self) -> dict[str, Any]:
        """What contract 10's REGISTER says of it."""
        from rekuest_codegen.wire.contracts.declaring import declaration  # few agents meet such a server

        return declaration(self.name, self.hash, self.nodes.items(), terms=self.terms, states=self.states)


async def meet(link: Link, registration: Registration) -> tuple[Contract, Mapping[str, Any]]:
    """Find out how the server wants to be spoken with, and introduce the agent where that is done beforehand: the
    contract, and what is to be declared in it.

    Raises:
        RekuestError: what `Link.request` raises.
    """
    if await spoken_at(link) is Contract.TEN:
        return Contract.TEN, registration.declaration()
    await introduce(link, registration)
    return Contract.TWO, {}


async def spoken_at(link: Link) -> Contract:
    """The contract of the server; one that does not let itself be looked at is taken to speak contract 2.

    Raises:
        RekuestError: what `Link.request` raises.
    """
    try:
        look = await link.request(LOOK_AT_SERVER, {}, again=True)
    except ServerError:
        return Contract.TWO
    return contract_of(look) or Contract.TWO


async def introduce(link: Link, registration: Registration) -> bool:
    """Say what an agent provides; False when the server remembers it by its hash, and nothing was said.

    Raises:
        RekuestError: what `Link.request` raises.
    """
    answer = await link.request(ENSURE_AGENT_GQL, {"input": {"name": registration.name}}, again=True)
    if answer["ensureAgent"]["hash"] == registration.hash:
        return False
    full = {**registration.declared, "name": registration.name, "hash": registration.hash}
    await link.request(IMPLEMENT_AGENT_GQL, {"input": full}, again=True)
    return True
