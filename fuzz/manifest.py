"""A target for atheris: no manifest, whatever is in it, gives anything but nodes or one clear error. See README.md."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["rekuest_codegen.emit", "rekuest_codegen.ir"]):
    from fuzz.checks import check_manifest
    from fuzz.manifests import manifest
    from fuzz.source import Bytes


def target(data: bytes) -> None:
    check_manifest(manifest(Bytes(data)))


if __name__ == "__main__":
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
