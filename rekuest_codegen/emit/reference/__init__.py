"""Nodes as pages to read: Markdown, a page an app, or one page of HTML that needs nothing but a browser.

The pages are made from the files of a generated package, and from nothing else of the generator: what stands in them
is what stands there, whatever names and layout were asked for. `package` says what of those files must stay as it is.

It writes nothing; `write_package` takes what it gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rekuest_codegen.emit.manifest import MANIFEST, REFERENCE, manifest
from rekuest_codegen.emit.reference.package import read_package
from rekuest_codegen.emit.reference.printing import print_html, print_markdown
from rekuest_codegen.emit.reference.views import view

__all__ = ["reference"]


def reference(
    files: Mapping[str, str], *, package: str, html: bool = False, templates: Path | None = None
) -> dict[str, str]:
    """The pages for a package, by path, with a manifest that says which files are ours.

    Args:
        files: the package, as `generate` gives it.
        package: what it is imported as.
        html: one self-contained ``index.html`` instead of Markdown.
        templates: a folder whose templates (``reference/...``) go before ours.

    Raises:
        GenerationError: templates of the user's own made a package in which its nodes cannot be found.
        ConfigurationError: a template is missing or fails.
    """
    made = view(read_package(files), package_name=package)
    pages = print_html(made, templates) if html else print_markdown(made, templates)
    return {**pages, MANIFEST: manifest([], REFERENCE, pages)}
