"""From the text of a GraphQL request to its result: parse, limit, validate, execute.

The same few documents come again and again, so what was parsed and validated is kept by its text. Documents come
from outside: their size and depth are bounded before anything is executed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import cache
from inspect import isawaitable
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute,  # pyright: ignore[reportUnknownVariableType]  # an Awaitable of theirs says not of what
    parse,
    subscribe,  # pyright: ignore[reportUnknownVariableType] - graphql-core leaves its parameters unsaid
    validate,
)

from rekuest_codegen.errors import RekuestError
from rekuest_codegen.server.feeds import TooSlow
from rekuest_codegen.server.fields import Asker
from rekuest_codegen.server.model import Json, is_object
from rekuest_codegen.server.projection import Plain, plain_operation

MAX_TEXT = 100_000
MAX_TOKENS = 15_000
MAX_DEPTH = 48
"""Selections inside selections. Ports nest, and each level of theirs takes one."""
MAX_SELECTIONS = 2_500
"""Whether they go together is asked of every two of them. The clients that are known need three hundred."""
MAX_ERRORS = 10
KEPT = 256


@dataclass(frozen=True, slots=True)
class Document:
    """A document that may be executed, and its operations by name."""

    node: DocumentNode
    schema: GraphQLSchema
    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    _plain: dict[str | None, Plain | None] = field(default_factory=dict[str | None, "Plain | None"], init=False)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name not in self.operations:
            raise GraphQLError(f"Unknown operation named {name!r}." if name else "Must provide an operation name.")
        return self.operations[name]

    def plain(self, name: str | None) -> Plain | None:
        """Where the events of the subscription ``name`` come from and how they become data, if that is plain."""
        if name not in self._plain:
            self._plain[name] = plain_operation(self.schema, self.operation(name), self.fragments)
        return self._plain[name]


class Context(NamedTuple):
    """All that a resolver reads of the info it is given."""

    context: Asker


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, as it came."""

    query: str
    variables: Json
    operation_name: str | None = None
    extensions: object = None

    @classmethod
    def read(cls, payload: object) -> Request:
        """Raises GraphQLError: ``payload`` is no request."""
        if not is_object(payload):
            raise GraphQLError("The request must be an object.")
        query, variables, name = payload.get("query"), payload.get("variables"), payload.get("operationName")
        if not isinstance(query, str):
            raise GraphQLError("The request must have a text 'query'.")
        if variables is not None and not is_object(variables):
            raise GraphQLError("'variables' must be an object.")
        if name is not None and not isinstance(name, str):
            raise GraphQLError("'operationName' must be a text.")
        return cls(query, variables or {}, name or None, payload.get("extensions"))


class Documents:
    """Executes requests, each against the first schema that it fits: so a client is spoken with in its own contract."""

    def __init__(self, *schemas: Callable[[], GraphQLSchema]) -> None:
        """``schemas`` are made when they are needed; many a server never sees a client of the other contract."""
        self._schemas = [cache(schema) for schema in schemas]
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def read(self, text: str) -> Document:
        """Raises GraphQLError, GraphQLErrors: the document is too large, no GraphQL, or does not fit the schema."""
        document = self._kept.get(text)
        if document is not None:
            self._kept.move_to_end(text)
            return document
        if len(text) > MAX_TEXT:
            raise GraphQLError(f"The document is longer than {MAX_TEXT} characters.")
        try:
            node = parse(text, max_tokens=MAX_TOKENS)
        except RecursionError:
            raise GraphQLError("The document is nested too deep.") from None
        fragments = {part.name.value: part for part in node.definitions if isinstance(part, FragmentDefinitionNode)}
        operations = [part for part in node.definitions if isinstance(part, OperationDefinitionNode)]
        if sum(_count(holder.selection_set) for holder in (*operations, *fragments.values())) > MAX_SELECTIONS:
            raise GraphQLError(f"The document has more than {MAX_SELECTIONS} selections.")
        for operation in operations:
            if _depth(operation.selection_set, fragments, {}) > MAX_DEPTH:
                raise GraphQLError(f"The document is nested deeper than {MAX_DEPTH} selections.")
        schema = self._fitting(node)
        by_name = {part.name.value if part.name else None: part for part in operations}
        document = Document(node, schema, by_name, fragments)
        self._kept[text] = document
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return document

    def _fitting(self, node: DocumentNode) -> GraphQLSchema:
        """Raises GraphQLErrors: ``node`` fits no schema; what is wrong by that which it fits best."""
        found: list[list[GraphQLError]] = []
        for schema in self._schemas:
            errors = validate(schema(), node, max_errors=MAX_ERRORS)
            if not errors:
                return schema()
            found.append(errors)
        raise GraphQLErrors(min(found, key=len))

    def kind(self, request: Request) -> OperationType:
        """Raises GraphQLError, GraphQLErrors: see `read`."""
        return self.read(request.query).operation(request.operation_name).operation

    async def answer(self, request: Request, asker: Asker) -> Json:
        """The response to a query or mutation. Never raises for what the request did wrong."""
        try:
            document = self.read(request.query)
            if document.operation(request.operation_name).operation is OperationType.SUBSCRIPTION:
                raise GraphQLError("Subscriptions are served over a WebSocket.")
            result = execute(
                document.schema,
                document.node,
                context_value=asker,
                variable_values=request.variables,
                operation_name=request.operation_name,
            )
            if not isinstance(result, ExecutionResult):
                result = await result
        except GraphQLErrors as error:
            return failed(*error.errors)
        except GraphQLError as error:
            return failed(error)
        except RecursionError:
            return failed(GraphQLError("The request is nested too deep."))
        return _response(result)

    async def stream(self, request: Request, asker: Asker) -> AsyncIterator[Json]:
        """The responses of a subscription.

        Raises:
            GraphQLError, GraphQLErrors: it cannot begin. TooSlow: the subscriber fell behind.
        """
        document = self.read(request.query)
        given: dict[str, Any] = {
            "context_value": asker,
            "variable_values": request.variables,
            "operation_name": request.operation_name,
        }
        plain = document.plain(request.operation_name)
        if plain is None:
            begun = subscribe(document.schema, document.node, **given)
            results = await begun if isawaitable(begun) else begun
            if isinstance(results, ExecutionResult):
                raise GraphQLErrors(results.errors or [])
            try:
                async for result in results:
                    yield _response(result)
            finally:
                await results.aclose()  # type: ignore[attr-defined]  # both of graphql-core's kinds have it
            return
        info = Context(asker)
        events = plain.source(None, info)
        try:
            async for event in events:
                try:
                    data = plain.project(event, info)
                    if _says_nothing(data):
                        continue
                    response: Json = {"data": data}
                except Exception:  # graphql-core says what is wrong with it
                    judged = execute(document.schema, document.node, event, **given)
                    response = _response(judged if isinstance(judged, ExecutionResult) else await judged)
                yield response
        finally:
            await events.aclose()


def _says_nothing(data: Json) -> bool:
    """Whether an event has nothing that was selected: who asks for events alone is not told that a task was made."""
    (value,) = data.values()
    return is_object(value) and not any(part is not None for part in value.values())


class GraphQLErrors(Exception):
    """Everything that is wrong with a document."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


def failed(*errors: GraphQLError) -> Json:
    """The response that says nothing but what went wrong."""
    return {"data": None, "errors": [format_error(error) for error in errors]}


def format_error(error: GraphQLError) -> Json:
    """An error as the client sees it: ours in full, and nothing about the inside of the server."""
    cause = error.original_error
    formatted: Json = dict(error.formatted)
    if cause is not None and not isinstance(cause, RekuestError | TooSlow | GraphQLError):
        formatted["message"] = "The server failed on this request."
    elif isinstance(cause, RekuestError):
        formatted["extensions"] = {"code": type(cause).__name__, "retrySafe": cause.retry_safe}
    return formatted


def _response(result: ExecutionResult) -> Json:
    if result.errors:
        return {"data": result.data, "errors": [format_error(error) for error in result.errors]}
    return {"data": result.data}


def _count(selections: SelectionSetNode | None) -> int:
    """How many selections there are, those inside of others too; fragments are counted where they are defined."""
    if selections is None:
        return 0
    inner = (getattr(selection, "selection_set", None) for selection in selections.selections)
    return len(selections.selections) + sum(map(_count, inner))


def _depth(
    selections: SelectionSetNode | None, fragments: dict[str, FragmentDefinitionNode], known: dict[str, int]
) -> int:
    """How deep selections nest, fragments unfolded; a fragment that contains itself counts as too deep."""
    if selections is None:
        return 0
    deepest = 0
    for selection in selections.selections:
        if isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            if name not in known:
                known[name] = MAX_DEPTH + 1
                part = fragments.get(name)
                known[name] = _depth(part.selection_set, fragments, known) if part else 0
            deepest = max(deepest, known[name])
        else:
            inner: SelectionSetNode | None = getattr(selection, "selection_set", None)
            deepest = max(deepest, 1 + _depth(inner, fragments, known))
    return deepest
