"""What a subscription selects, compiled once: an event becomes its response without a walk over the document.

graphql-core executes each event as an operation of its own, which costs more than all else that the server does for a
call. Here only the plain case is compiled: fields without arguments or directives, of object types, fragments on the
very type. Everything else graphql-core does, and so every event that something is wrong with (an error, a null where
none may be): there is one judge, and this gives what it would give, or nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from rekuest_codegen.server.model import Json, is_object

Project = Callable[[Any, Any], Any]
"""From a value and the resolvers' info, of which they read the context alone, to what is answered."""
Fragments = Mapping[str, FragmentDefinitionNode]


class Unfit(Exception):
    """graphql-core has to do it."""


class Plain(NamedTuple):
    """A subscription that is a plain case: ``source`` gives its events, ``project`` the data of one of them.

    For an event that is no plain case, ``project`` raises `Unfit` or whatever a resolver raises.
    """

    source: Project
    project: Callable[[Any, Any], Json]


def plain_operation(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments) -> Plain | None:
    """``operation``, a valid subscription, if it is a plain case."""
    root = schema.subscription_type
    if root is None or operation.directives:
        return None
    try:
        (node,) = _fields(root, operation.selection_set, fragments)
        project = _object(root, [operation.selection_set], fragments)
    except (Unfit, ValueError):  # ValueError: the one field is selected twice
        return None
    source = root.fields[node.name.value].subscribe
    return None if source is None else Plain(source, project)


def _object(kind: GraphQLObjectType, selections: list[SelectionSetNode], fragments: Fragments) -> Project:
    if kind.is_type_of is not None:
        raise Unfit
    asked: dict[str, list[FieldNode]] = {}
    for selected in selections:
        for node in _fields(kind, selected, fragments):
            asked.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
    steps = [(key, *_field(kind, nodes, fragments)) for key, nodes in asked.items()]

    def project(value: Any, info: Any) -> Json:
        return {key: complete(resolve(value, info), info) for key, resolve, complete in steps}

    return project


def _fields(kind: GraphQLObjectType, selected: SelectionSetNode, fragments: Fragments) -> Iterator[FieldNode]:
    for node in selected.selections:
        if node.directives:
            raise Unfit
        if isinstance(node, FieldNode):
            yield node
            continue
        if isinstance(node, FragmentSpreadNode):
            part: Any = fragments[node.name.value]
        elif isinstance(node, InlineFragmentNode):
            part = node
        else:
            raise Unfit
        if part.directives or (part.type_condition is not None and part.type_condition.name.value != kind.name):
            raise Unfit
        yield from _fields(kind, part.selection_set, fragments)


def _field(kind: GraphQLObjectType, nodes: list[FieldNode], fragments: Fragments) -> tuple[Project, Project]:
    """How a field is resolved, and how what it gives is completed."""
    name = nodes[0].name.value
    if name == "__typename":
        return (lambda value, info: kind.name), (lambda value, info: value)
    field = kind.fields.get(name)
    if field is None or any(node.arguments for node in nodes):
        raise Unfit
    if any(_has_default(argument) for argument in field.args.values()):
        raise Unfit
    inner = [node.selection_set for node in nodes if node.selection_set is not None]
    return _resolver(name, field), _complete(field.type, inner, fragments)


def _has_default(argument: GraphQLArgument) -> bool:
    # Where it is said differs between graphql-core 3.2 and 3.3.
    return argument.default_value is not Undefined or getattr(argument, "default", None) is not None


def _resolver(name: str, field: GraphQLField) -> Project:
    resolve = field.resolve
    if resolve is None:
        return lambda value, info: value.get(name) if is_object(value) else getattr(value, name, None)
    if inspect.iscoroutinefunction(resolve):
        raise Unfit
    return resolve


def _complete(kind: Any, selections: list[SelectionSetNode], fragments: Fragments) -> Project:
    if is_non_null_type(kind):
        return _required(_complete(kind.of_type, selections, fragments))
    if is_list_type(kind):
        return _list(_complete(kind.of_type, selections, fragments))
    if is_leaf_type(kind):
        return _leaf(getattr(kind, "coerce_output_value", None) or kind.serialize)
    if is_object_type(kind):
        return _optional(_object(kind, selections, fragments))
    raise Unfit


def _required(complete: Project) -> Project:
    def project(value: Any, info: Any) -> Any:
        completed = complete(value, info)
        if completed is None:
            raise Unfit
        return completed

    return project


def _optional(complete: Project) -> Project:
    return lambda value, info: None if value is None else complete(value, info)


def _list(complete: Project) -> Project:
    def project(value: Any, info: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            raise Unfit
        return [complete(item, info) for item in value]  # pyright: ignore[reportUnknownVariableType] - any list

    return project


def _leaf(serialize: Callable[[Any], Any]) -> Project:
    def project(value: Any, info: Any) -> Any:
        if value is None:
            return None
        if callable(value) or isinstance(value, Exception):
            raise Unfit
        serialized = serialize(value)
        if serialized is None:
            raise Unfit
        return serialized

    return project
