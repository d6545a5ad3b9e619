"""The contracts as GraphQL schemas: ours, those that two generations of clients bring along, a real server's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema

from rekuest_codegen import api

OWN = Path(str(api.__file__)).parent / "schema.graphql"
SERVER = Path(__file__).parents[3] / "shared" / "reference" / "server-2.2" / "schema.graphql"


@cache
def read(path: Path) -> GraphQLSchema:
    # Real servers print SDL that breaks rules of style; what is wanted of it here is what may be asked.
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True)


def brought_along(python: Path, package: str) -> Path:
    """The SDL in an environment's wheel."""
    (found,) = (python.parent.parent / "lib").glob(f"python3*/site-packages/{package}/api/schema.graphql")
    return found


@pytest.fixture(scope="session")
def schema(request: pytest.FixtureRequest) -> Callable[[str], GraphQLSchema]:
    """By name: ``own``, ``next`` (contract 2, rekuest-next 2.3.1), ``ten`` (contract 10, rekuest 10.0.0), or what
    rekuest-server 2.2 printed: ``server``, skipped where the reference data is not beside the project."""

    def get(name: str) -> GraphQLSchema:
        if name == "own":
            return read(OWN)
        if name == "server":
            if not SERVER.exists():
                pytest.skip("the reference data is not beside the project")
            return read(SERVER)
        if name == "next":
            return read(brought_along(request.getfixturevalue("next_python"), "rekuest_next"))
        return read(brought_along(request.getfixturevalue("ten_python"), "rekuest"))

    return get
