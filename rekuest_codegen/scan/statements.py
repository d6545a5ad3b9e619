"""The statements of a source, each in its scope, and the expressions that are a statement's own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from rekuest_codegen.scan.scopes import Scope, class_scope, function_scope

LATE = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""Expressions whose parts run later, or more than once."""


def walk(scope: Scope, body: Sequence[ast.stmt], in_loop: bool = False) -> Iterator[tuple[Scope, ast.stmt, bool]]:
    """Every statement, those inside functions, classes and blocks included, with its scope and whether it is looped."""
    for statement in body:
        yield scope, statement, in_loop
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from walk(function_scope(scope, statement), statement.body, in_loop)
            case ast.ClassDef():
                yield from walk(class_scope(scope, statement), statement.body, in_loop)
            case ast.For() | ast.AsyncFor() | ast.While():
                yield from walk(scope, statement.body, True)
                yield from walk(scope, statement.orelse, in_loop)
            case ast.If():
                yield from walk(scope, statement.body, in_loop)
                yield from walk(scope, statement.orelse, in_loop)
            case ast.Try() | ast.TryStar():
                yield from walk(scope, statement.body, in_loop)
                for handler in statement.handlers:
                    yield from walk(scope, handler.body, in_loop)
                yield from walk(scope, statement.finalbody, in_loop)
                yield from walk(scope, statement.orelse, in_loop)
            case ast.With() | ast.AsyncWith():
                yield from walk(scope, statement.body, in_loop)
            case ast.Match():
                for case in statement.cases:
                    yield from walk(scope, case.body, in_loop)
            case _:
                pass


def own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of ``statement`` that are in none of the statements inside it, nor say what a function takes."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
            return
        case ast.AnnAssign(value=value):
            if value is not None:
                yield value
        case ast.With(items=items) | ast.AsyncWith(items=items):
            yield from (item.context_expr for item in items)
        case _:
            yield from (part for part in ast.iter_child_nodes(statement) if isinstance(part, ast.expr))


def called(statement: ast.stmt) -> ast.Call | None:
    """The call of a statement that is one, or binds or returns one's result."""
    match statement:
        case (
            ast.Expr(value=ast.Call() as call)
            | ast.Assign(value=ast.Call() as call)
            | ast.AnnAssign(value=ast.Call() as call)
            | ast.Return(value=ast.Call() as call)
        ):
            return call
        case _:
            return None


def parts(expression: ast.expr, late: bool) -> Iterator[tuple[ast.expr, bool]]:
    """The expressions directly in ``expression``, and whether each runs later or more than once."""
    late = late or isinstance(expression, LATE)
    for child in ast.iter_child_nodes(expression):
        if isinstance(child, ast.expr):
            yield child, late
        elif isinstance(child, ast.keyword):
            yield child.value, late
        elif isinstance(child, ast.comprehension):
            yield child.iter, late
            yield from ((test, late) for test in child.ifs)
