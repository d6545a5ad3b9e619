"""What an agent declares in contract 10's REGISTER, as one table: a class is an object, and takes no other
fields. Ports and what decorates them are in `ir.declared`.

Names, types and what may be left out are those of the definition schemas of rekuest 10.0.0. Whether a definition also
makes sense (a list has one child, keys are unique) is seen where every definition is read, by `ir.read_node`.
"""

# ruff: noqa: RUF012 - msgspec copies empty defaults

from __future__ import annotations

from typing import Any, Literal

from rekuest_codegen.ir.declared import Arg, Declared, Kind, PortGroup, Prop, Return, UtilCall, Value

Function = Literal["MEAN", "MIN", "MAX", "SUM", "COUNT", "LAST", "FIRST", "STD"]


# -- nodes -------------------------------------------------------------------------------------------------------


class Target(Declared, kw_only=True):
    """The node that a test tests."""

    hash: str | None = None
    app: str | None = None
    key: str | None = None
    version: str | None = None


class Definition(Declared, kw_only=True):
    key: str
    version: str
    name: str
    kind: Literal["FUNCTION", "GENERATOR"]
    description: str | None = None
    collections: list[str] = []
    stateful: bool = False
    pure: bool = False
    idempotent: bool = False
    allow_probe: bool = False
    catalogs: list[str] = []
    protocols: list[str] = []
    port_groups: list[PortGroup] = []
    args: list[Arg] = []
    returns: list[Return] = []
    is_test_for: list[Target] = []
    is_dev: bool = False


# -- what an agent needs of others -------------------------------------------------------------------------------


class Constraint(Declared, kw_only=True):
    key: str
    value: Any


class Match(Declared, kw_only=True):
    at: int | None = None
    key: str | None = None
    kind: Kind | None = None
    identifier: str | None = None
    nullable: bool | None = None
    dimension: str | None = None
    descriptors: list[Constraint] | None = None
    children: list[Match] | None = None


class ActionDemand(Declared, kw_only=True):
    hash: str | None = None
    key: str | None = None
    app: str | None = None
    version: str | None = None
    name: str | None = None
    arg_matches: list[Match] | None = None
    return_matches: list[Match] | None = None
    protocols: list[str] | None = None
    force_arg_length: int | None = None
    force_return_length: int | None = None
    pure: bool | None = None
    idempotent: bool | None = None
    stateful: bool | None = None


class StateDemand(Declared, kw_only=True):
    hash: str | None = None
    key: str | None = None
    app: str | None = None
    matches: list[Match] | None = None
    protocols: list[str] | None = None


class ActionDependency(Declared, kw_only=True):
    key: str
    description: str | None = None
    demand: ActionDemand | None = None
    optional: bool = False
    allow_inactive: bool = True


class StateDependency(Declared, kw_only=True):
    key: str
    description: str | None = None
    demand: StateDemand | None = None
    optional: bool = False
    allow_inactive: bool = True


class Dependency(Declared, kw_only=True):
    key: str
    app: str | None = None
    version: str | None = None
    name: str | None = None
    description: str | None = None
    optional: bool = False
    action_dependencies: list[ActionDependency] | None = None
    state_dependencies: list[StateDependency] | None = None
    auto_resolvable: bool = False
    mutually_exclusive_keys: list[str] | None = None
    min_viable_instances: int | None = None
    max_viable_instances: int | None = None
    prefered_instances: int | None = None


# -- what an agent provides --------------------------------------------------------------------------------------


class Window(Declared, kw_only=True):
    window_function: Function
    label: str | None = None


class Track(Declared, kw_only=True):
    dependency_key: str | None = None
    state_key: str
    value_key: str
    label: str | None = None
    description: str | None = None
    windows: list[Window] | None = None


class Optimistic(Declared, kw_only=True):
    state: str
    path: str | None = None
    path_call: UtilCall | None = None
    accessor: str | None = None


class Implementation(Declared, kw_only=True):
    definition: Definition
    dependencies: list[Dependency] = []
    tracks: list[Track] | None = None
    interface: str | None = None
    params: Any = None
    instance_id: str | None = None
    locks: list[str] | None = None
    optimistics: list[Optimistic] | None = None
    manipulates: list[str] | None = None
    needs_token: bool = True
    provenance_audience: list[str] | None = None
    effects: Literal["NONE", "REPEATABLE", "UNKNOWN", "IRREVERSIBLE"] = "UNKNOWN"
    execution: Literal["PLAIN", "WORKFLOW"] = "PLAIN"
    code_hash: str | None = None
    logo: str | None = None


class StateDefinition(Declared, kw_only=True):
    name: str
    ports: list[Return]


class StateDeclared(Declared, kw_only=True):
    interface: str
    definition: StateDefinition
    key: str | None = None
    app: str | None = None


class LockDefinition(Declared, kw_only=True):
    key: str
    description: str | None = None


class LockDeclared(Declared, kw_only=True):
    key: str
    definition: LockDefinition


class Component(Declared, kw_only=True):
    id: str
    component: str
    props: list[Prop] | None = None
    children: list[Component] | None = None


class Service(Declared, kw_only=True):
    key: str
    service: str | None = None
    version: str | None = None
    schema_hash: str | None = None


class Blok(Declared, kw_only=True):
    """A user interface that an agent brings along."""

    key: str
    dependencies: list[Dependency] = []
    components: list[Component] | None = None
    source: str | None = None
    catalog: str | None = None
    description: str | None = None
    demo_state: Value = None
    context: Literal["HTML", "SCENE", "LOGO", "ACTION_LOGO"] = "HTML"
    default: bool = False
    for_model: str | None = None
    for_node: str | None = None
    args: list[Arg] | None = None
    services: list[Service] | None = None


class Asset(Declared, kw_only=True):
    name: str
    kind: Literal["MODEL_3D", "IMAGE"]
    ref: str
    size: int | None = None
    source: str | None = None
