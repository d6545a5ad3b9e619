"""Our own templates, printed without a template engine. Written by `compiling` from ``templates/``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rekuest_codegen.emit.text import docstring, literal

if TYPE_CHECKING:
    from rekuest_codegen.emit.modules import LazyPackage, StubModule, TypeModule
    from rekuest_codegen.emit.plan import Package


def print_package_py(package: Package) -> str:
    out: list[str] = []
    out += (
        '"""Remote nodes as Python functions, one module an app.\n',
        "\n",
        "Importing this package imports none of them; each is imported when it is first used.\n",
        '"""\n',
        "\n",
        "TYPE_CHECKING = False  # type checkers take it for true; importing typing costs more\n",
        "\n",
        "if TYPE_CHECKING:\n",
        "    import contextlib as _contextlib\n",
        "\n",
        "    import rekuest_codegen as _rekuest_codegen\n",
    )
    if package.imports:
        out += (
            "\n    ",
            package.imports,
            "\n",
        )
    out += (
        "\n",
        package.exports,
        "\n",
        "\n",
        "\n",
        "def using(\n",
        '    server: "_rekuest_codegen.Server",\n',
        ') -> "_contextlib.AbstractContextManager[None]":\n',
        '    """``with using(server):`` calls in this block of this package\'s functions go to ``server``."""\n',
        "    import rekuest_codegen\n",
        "\n",
        "    return rekuest_codegen.using(server, package=__name__)\n",
        "\n",
        "\n",
        "if not TYPE_CHECKING:\n",
        "\n",
        "    def __getattr__(name):\n",
        "        if name in __all__:\n",
        "            from importlib import import_module\n",
        "\n",
        '            return import_module(f".{name}", __name__)\n',
        '        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")\n',
        "\n",
        "\n",
        "def __dir__() -> list[str]:\n",
        "    return sorted(__all__)\n",
    )
    return "".join(out)


def print_types_py(module: TypeModule) -> str:
    out: list[str] = []
    out += (
        docstring(module.docstring, ""),
        "\n",
    )
    if module.ambiguous:
        out.append("\n# ruff: noqa: E741, E742, E743\n")
    if module.imports:
        out += (
            "\n",
            "\n".join(module.imports),
            "\n",
        )
    if module.classes:
        out.append("\nfrom rekuest_codegen import runtime as _rt\n")
    if module.shared:
        out += (
            "\n",
            "\n".join(module.shared),
            "\n",
        )
    for user in module.users:
        out += (
            "\n# isort: split\n",
            user,
            "\n",
        )
    out += (
        "\n",
        module.exports,
        "\n",
    )
    for shared in module.classes:
        if shared.before:
            out += (
                "\n\n",
                "\n".join(shared.before),
                "\n",
            )
        out += (
            "\n\n",
            shared.header,
            "\n    ",
            docstring(shared.text.docstring, "    "),
            "\n",
        )
        if shared.text.fields:
            out.append("\n")
            for field in shared.text.fields:
                out += (
                    "    ",
                    field,
                    "\n",
                )
    return "".join(out)


def print_module_py(module: StubModule) -> str:
    out: list[str] = []
    out += (
        docstring(module.docstring, ""),
        "\n",
    )
    if module.ambiguous:
        out.append("\n# ruff: noqa: E741, E742, E743\n")
    if module.imports:
        out += (
            "\n",
            "\n".join(module.imports),
            "\n",
        )
    out.append("\nfrom rekuest_codegen import runtime as _rt\n")
    if module.shared:
        out += (
            "\n",
            module.shared,
            "\n",
        )
    out += (
        "\n",
        module.exports,
        "\n",
    )
    for stub in module.stubs:
        said = docstring(stub.docstring, "    ")
        if stub.before:
            out += (
                "\n\n",
                "\n".join(stub.before),
                "\n",
            )
        out += (
            "\n\nclass ",
            stub.arguments.name,
            "(_rt.Arguments):\n    ",
            docstring(stub.arguments.docstring, "    "),
            "\n",
        )
        if stub.arguments.fields:
            out.append("\n")
            for field in stub.arguments.fields:
                out += (
                    "    ",
                    field,
                    "\n",
                )
        if stub.result:
            out += (
                "\n\nclass ",
                stub.result.name,
                "(_t.NamedTuple):\n    ",
                docstring(stub.result.docstring, "    "),
                "\n\n",
            )
            for field in stub.result.fields:
                out += (
                    "    ",
                    field,
                    "\n",
                )
        out.append("\n\n")
        for alias in stub.between:
            out += (
                alias,
                "\n",
            )
        out += (
            stub.names.constant,
            ": _rt.Remote[",
            stub.gives,
            "] = _rt.remote(\n    app=",
            literal(stub.node.app),
            ",\n    key=",
            literal(stub.node.key),
            ",\n    version=",
            literal(stub.node.version),
            ",\n    hash=",
            literal(stub.hash),
            ",\n    ports=",
            literal(stub.ports),
            ",\n    arguments=",
            stub.arguments.name,
            ",\n    ",
            stub.types,
            "\n",
        )
        if stub.result:
            out += (
                "    result=",
                stub.result.name,
                ",\n",
            )
        if stub.awaited:
            out += (
                "    awaited=",
                literal(stub.awaited),
                ",\n",
            )
        out += (
            ")\n\n\n",
            stub.sync_head,
            "\n    ",
            said,
            "\n    ",
            stub.sync_body,
            "\n\n\n",
            stub.async_head,
            "\n    ",
            said,
            "\n    ",
            stub.async_body,
            "\n",
        )
    return "".join(out)


def print_lazy_py(package: LazyPackage) -> str:
    out: list[str] = []
    out += (
        docstring(package.docstring, ""),
        "\n\nimport importlib as _importlib\nimport typing as _t\n\n",
        package.places,
        "\n",
        "\n",
        "\n",
        "def __getattr__(name: str) -> _t.Any:\n",
        '    if name == "__all__":\n',
        "        return sorted(_PLACES)\n",
        "    if name not in _PLACES:\n",
        '        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")\n',
        "    value = getattr(_importlib.import_module(_PLACES[name], __name__), name)\n",
        "    globals()[name] = value\n",
        "    return value\n",
        "\n",
        "\n",
        "def __dir__() -> list[str]:\n",
        "    return sorted({*globals(), *_PLACES})\n",
    )
    return "".join(out)


def print_lazy_pyi(package: LazyPackage) -> str:
    out: list[str] = []
    out += (
        "\n".join(package.imports),
        "\n\n",
        package.exports,
        "\n",
    )
    return "".join(out)


PRINTERS: Mapping[str, Callable[[Any], str]] = {
    "package.py.jinja": print_package_py,
    "types.py.jinja": print_types_py,
    "module.py.jinja": print_module_py,
    "lazy.py.jinja": print_lazy_py,
    "lazy.pyi.jinja": print_lazy_pyi,
}
