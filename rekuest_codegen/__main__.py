"""``python -m rekuest_codegen``: the command line."""

from rekuest_codegen.cli import main

main(prog_name="rekuest-codegen")
