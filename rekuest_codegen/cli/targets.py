"""Which packages a command is about, and how what is given on the command line changes them.

Three ways to say it: nothing, for all targets of the project; their names; or ``--out``, for one package. A flag goes
before the environment, and that before what the file says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
from click.core import ParameterSource

from rekuest_codegen.build.choice import chosen
from rekuest_codegen.build.logins import Login, Said, logins
from rekuest_codegen.cli.asking import profile_option, timeout_option
from rekuest_codegen.cli.completion import complete_targets
from rekuest_codegen.cli.ignoring import refuse_unknown_rules
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import CHOICES, Filters, Project, Target

NEED_A_SERVER = ("url", "token", "profile", "search", "connected", "timeout")
"""Options that say something to a server, and nothing to source code."""
PATTERNS = ("app", "key", "collection", "protocol")
LOOKS = tuple(name.replace("-", "_") for name in CHOICES)

F = TypeVar("F", bound=Callable[..., Any])


class Chosen(NamedTuple):
    """The packages to work on, and the login for the server of each, None where none is asked. ``looks`` are the fields
    of a target that were given on the command line."""

    project: Project
    targets: tuple[Target, ...]
    logins: tuple[Login | None, ...]
    looks: frozenset[str]
    timeout: float
    frozen: bool


exclude_option = click.option(
    "--exclude", multiple=True, metavar="APP/KEY", help="Leave this node out; may be a pattern, and repeated."
)


def target_options(command: F) -> F:
    """The arguments and options that say which packages, from where, and what they look like."""
    folder = click.Path(path_type=Path, file_okay=False)
    for add in reversed(
        (
            click.argument("names", nargs=-1, metavar="[TARGET]...", shell_complete=complete_targets),
            click.option("--out", type=folder, help="The package, where it is not one of the targets."),
            click.option("--frozen", is_flag=True, help="Generate from the package's own manifest; ask no server."),
            click.option("--url", envvar="REKUEST_URL", help="The server, http://host:port.  [env: REKUEST_URL]"),
            click.option("--token", envvar="REKUEST_TOKEN", help="The token it knows us by.  [env: REKUEST_TOKEN]"),
            profile_option,
            click.option(
                "--source", help="Read the nodes from this source code instead: a file, a folder, an installed package."
            ),
            click.option("--app", multiple=True, help="Only nodes of this app; may be a pattern, and repeated."),
            click.option("--key", multiple=True, help="Only nodes of this key; may be a pattern, and repeated."),
            click.option("--collection", multiple=True, help="Only nodes in this collection; likewise."),
            click.option("--protocol", multiple=True, help="Only nodes that follow this protocol; likewise."),
            exclude_option,
            click.option("--search", help="Only nodes the server finds for this text."),
            click.option("--connected", is_flag=True, help="Only nodes that a connected agent provides now."),
            *(
                click.option(f"--{name}", type=click.Choice(choices), help=f"{MEANINGS[name]}  [default: {choices[0]}]")
                for name, choices in CHOICES.items()
            ),
            click.option("--templates", type=folder, help="Templates of your own, which go before ours."),
            click.option("--keep", multiple=True, help="A file of yours in the package; may be a pattern, repeated."),
            click.option("--no-cache", is_flag=True, help="Fetch definitions that were fetched before, too."),
            timeout_option,
        )
    ):
        command = add(command)
    return command


MEANINGS: Mapping[str, str] = {
    "layout": "A module an app, or one for all.",
    "async-naming": "The async form of add: aadd, or add_async.",
    "enums": "How choices are typed.",
    "docstrings": "The style of docstrings.",
}


def chosen_targets(given: Mapping[str, Any]) -> Chosen:
    """The packages that the options ``given`` are about.

    Raises:
        ConfigurationError: there are none, or the options contradict each other.
    """
    project, targets = chosen(given["names"], given["out"])
    looks = frozenset(name for name in (*LOOKS, "templates") if given[name] is not None)
    _refuse_nonsense(given)
    refuse_unknown_rules(project, targets)
    changed = tuple(_changed(target, given) for target in targets)
    return Chosen(
        project,
        changed,
        (None,) * len(changed) if given["frozen"] else tuple(logins(changed, said(given))),
        looks,
        given["timeout"],
        given["frozen"],
    )


def said(given: Mapping[str, Any]) -> Said:
    """What the options ``given`` say of a server."""
    names = ("url", "token", "profile")
    url, token, profile = (given[name] or None for name in names)
    return Said(url, token, profile, [name for name in names if _on_command_line(name)])


def without(filters: Filters, nodes: Sequence[str]) -> Filters:
    """``filters`` that leave ``nodes`` out besides."""
    exclude = filters.exclude
    return filters._replace(exclude=exclude._replace(node=(*exclude.node, *nodes)))


def _changed(target: Target, given: Mapping[str, Any]) -> Target:
    if given["source"] is not None:
        target = target._replace(source=given["source"], root=Path.cwd())
    elif _on_command_line("url") or _on_command_line("profile"):
        target = target._replace(source=None)
    patterns = {name: given[name] for name in PATTERNS if given[name]}
    server = {"search": given["search"]} if given["search"] is not None else {}
    if given["connected"]:
        server["connected"] = True
    filters: Filters = without(target.filters, given["exclude"])._replace(**patterns, **server)
    looks = {name: given[name] for name in LOOKS if given[name] is not None}
    if given["templates"] is not None:
        looks["templates"] = Path(given["templates"]).absolute()
    return target._replace(filters=filters, keep=(*target.keep, *given["keep"]), **looks)


def given_besides(*names: str) -> bool:
    """Whether an option that is none of ``names`` is on the command line."""
    context = click.get_current_context()
    return any(name not in names and _on_command_line(name) for name in context.params)


def _refuse_nonsense(given: Mapping[str, Any]) -> None:
    if given["frozen"] and (given["source"] is not None or _on_command_line("url") or _on_command_line("profile")):
        raise ConfigurationError("--frozen reads the package's own manifest; leave --url, --profile and --source out")
    if given["source"] is not None:
        for name in NEED_A_SERVER:
            if _on_command_line(name):
                raise ConfigurationError(f"--{name} is for a server; with --source there is none")


def _on_command_line(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
