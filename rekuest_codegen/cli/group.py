"""The group of all commands, and what turns errors into exit codes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, ParamSpec

import click

from rekuest_codegen.cli import COMMANDS
from rekuest_codegen.cli.failures import asks_for_json, fail, tell
from rekuest_codegen.errors import RekuestError

P = ParamSpec("P")
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells give it."""


def explained(command: Callable[P, Any]) -> Callable[P, None]:
    """Turn the errors a user can cause into one line each, or one JSON object, and exit code 2."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except RekuestError as error:
            fail(error)

    return run


class LazyGroup(click.Group):
    """Commands by name; a command's module is imported when it is run or asked for help."""

    modules = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.modules:
            return None
        command: click.Command = getattr(import_module(f"rekuest_codegen.cli.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        arguments = list(ctx.args)
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            if not asks_for_json(arguments):
                raise
            tell("UsageError", error.format_message(), retry_safe=False)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt as interrupt:
            said = str(interrupt) or "interrupted"
            if asks_for_json(arguments):
                tell("Interrupted", said, retry_safe=False)
            else:
                click.echo(said, err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="rekuest-codegen")
def main() -> None:
    """Typed Python for remote nodes."""
