"""How a command ends that could not do what was asked: in lines for people, or, for who asked for JSON, in one object.

The object is one line, the last one on standard error: ``{"error": {"kind": ..., "message": ..., "retry_safe": ...}}``
and what else the error carries. Exit codes are the same in both forms.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from math import isfinite
from typing import Any, NoReturn

import click

from rekuest_codegen.cli.mistakes import lines_of
from rekuest_codegen.errors import DefinitionError, Finding, RekuestError
from rekuest_codegen.shapes import is_mapping, is_series

NOT_TOLD = frozenset({"message", "problem", "retry_safe"})
"""Attributes of errors that the object has under other names, or in its message."""


ONLY_LOOK = frozenset({"check", "diff", "nodes", "show"})
"""Commands that write nothing, and need not say that they did not."""


def fail(error: RekuestError) -> NoReturn:
    """Say what went wrong, and exit with 2."""
    lines = lines_of(error, writes=_command() not in ONLY_LOOK)
    if asked_for_json():
        message = lines[-1].removeprefix("error: ")
        tell(type(error).__name__, message, retry_safe=error.retry_safe, **_carried(vars(error)))
    else:
        if _form() == "github":
            from rekuest_codegen.cli.annotations import annotation

            for line in lines:
                click.echo(annotation(line.removeprefix("error: ")))
        click.echo("\n".join(lines), err=True)
    sys.exit(2)


def fail_for(findings: Iterable[Finding], outcome: str, *, code: int) -> NoReturn:
    """Say in JSON that there are errors among ``findings``, and therefore ``outcome``; exit with ``code``."""
    found = list(findings)
    tell(DefinitionError.__name__, outcome, retry_safe=False, findings=_plain(found))
    sys.exit(code)


def tell(kind: str, message: str, *, retry_safe: bool, **more: Any) -> None:
    """Print the object."""
    told = {"kind": kind, "message": message, "retry_safe": retry_safe, **more}
    click.echo(json.dumps({"error": told}, ensure_ascii=True), err=True)


def asked_for_json() -> bool:
    """Whether the command that runs was asked for JSON."""
    return bool(_given().get("as_json")) or _form() == "json"


def _form() -> Any:
    """The format that the command that runs was asked for, where it has several."""
    return _given().get("form")


def _command() -> str | None:
    context = click.get_current_context(silent=True)
    return context.command.name if context is not None else None


def _given() -> Mapping[str, Any]:
    context = click.get_current_context(silent=True)
    return context.params if context is not None else {}


def asks_for_json(arguments: Sequence[str]) -> bool:
    """Whether ``arguments``, which could not be understood, ask for JSON."""
    words = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in words or "--format=json" in words or ("--format", "json") in pairwise(words)


def _carried(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in given.items() if not name.startswith("_") and name not in NOT_TOLD}


def _plain(value: Any) -> Any:
    if isinstance(value, Finding):
        return value._asdict()
    if isinstance(value, datetime):
        return value.isoformat()
    if is_series(value):
        return [_plain(item) for item in value]
    if is_mapping(value):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, float) and not isfinite(value):  # JSON has no word for it
        return str(value)
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
