"""``python -m rekuest_codegen``: the command line."""

from rekuest_codegen.cli.entry import run

run()
