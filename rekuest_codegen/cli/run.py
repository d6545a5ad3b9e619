"""``run``: a module's apps are served until a signal says stop."""

from __future__ import annotations

import os
import traceback

import click

from rekuest_codegen.cli import explained

NOTHING_RUN = "nothing was run"
RELAYED = "REKUEST_RELAYED"
"""How --token reaches the process that --reload starts."""


@click.command()
@click.argument("module", metavar="MODULE[:APP]")
@click.option("--url", help="The server, instead of the app's own.  [env: REKUEST_URL]")
@click.option("--token", envvar=RELAYED, help="The token, instead of the app's own.  [env: REKUEST_TOKEN]")
@click.option("--reload", "reloads", is_flag=True, help="Start anew whenever a source file of the project changes.")
@click.option("--traceback", "in_full", is_flag=True, help="Show in full what the module raised.")
@explained
def run(module: str, url: str | None, token: str | None, reloads: bool, in_full: bool) -> None:
    """Import a module and provide the nodes of its apps until interrupted.

    MODULE is a dotted name or a .py file. All its apps are served, or the one named; functions registered without an
    app are provided under the module's name. A run() in the module itself waits until the import is done.
    """
    from rekuest_codegen.cli.loading import find

    target = find(module)
    if reloads:
        from rekuest_codegen.cli.reload import supervise

        # The token goes through the environment: arguments can be seen by every user of the machine.
        command = ["run", module, *(["--url", url] if url else []), *(["--traceback"] if in_full else [])]
        supervise(command, target.path, {**os.environ, **({RELAYED: token} if token else {})})
        return
    from rekuest_codegen.cli.loading import ImportFailed, apps_of, load
    from rekuest_codegen.cli.sources import scanned_or_exit
    from rekuest_codegen.runtime.provider import serving

    scanned_or_exit([str(target.path)], NOTHING_RUN)
    # Also for the generated functions that the module calls.
    os.environ.update({name: value for name, value in (("REKUEST_URL", url), ("REKUEST_TOKEN", token)) if value})
    try:
        with serving.postponed() as run_by_itself:
            loaded = load(target)
    except ImportFailed as error:
        if in_full and error.__cause__ is not None:
            traceback.print_exception(error.__cause__)
        raise
    serving.run_apps(apps_of(target, loaded, run_by_itself), url=url, token=token)
