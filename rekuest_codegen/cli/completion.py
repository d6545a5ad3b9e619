"""``completion``: what makes a shell complete our commands, options, targets and nodes."""

from __future__ import annotations

import click

from rekuest_codegen.errors import RekuestError

PROGRAM = "rekuest-codegen"
VARIABLE = "_REKUEST_CODEGEN_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script for SHELL: eval "$(rekuest-codegen completion bash)" in its start-up file."""
    from click.shell_completion import get_completion_class

    from rekuest_codegen.cli import main

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows these three
    click.echo(kind(main, {}, PROGRAM, VARIABLE).source())


def complete_targets(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """The targets of the project here. A project that cannot be read has none to offer."""
    from pathlib import Path

    from rekuest_codegen.project import project_of

    try:
        targets = project_of(Path.cwd()).targets
    except RekuestError:
        return []
    return [target.name for target in targets if target.name.startswith(begun)]


def complete_nodes(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """The nodes that the project's packages were generated from: known without asking a server."""
    from pathlib import Path

    from rekuest_codegen.build.origins import from_manifest
    from rekuest_codegen.project import project_of

    names: set[str] = set()
    try:
        for target in project_of(Path.cwd()).targets:
            if (target.out / "manifest.json").exists():
                names.update(node.title for node in from_manifest(target.out).nodes)
    except RekuestError:
        return []
    return [name for name in sorted(names) if name.startswith(begun)]
