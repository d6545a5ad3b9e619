"""The same operations for every generator: nodes for ours, GraphQL, OpenAPI and protobuf for the others.

An operation takes a reference, a number with a default and a list of texts, says what each of them is, and gives an
object of two fields, one of twenty shapes. The same count gives the same text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from rekuest_codegen.emit import generate
from rekuest_codegen.ir import Node, Port, PortKind

SHAPES = 20
PER_APP = 100
ABOUT = "Measure something, the {n}th way.\n\nThe level says how much of it counts."


def nodes(count: int) -> list[Node]:
    def result(shape: int) -> Port:
        fields = (Port(key="id", kind=PortKind.STRING), Port(key=f"score_{shape}", kind=PortKind.FLOAT))
        return Port(key="return0", kind=PortKind.MODEL, identifier=f"@bench/result_{shape}", children=fields)

    return [
        Node(
            app=f"app_{n // PER_APP}",
            key=f"measure_{n}",
            name=f"Measure {n}",
            description=ABOUT.format(n=n),
            hash=f"{n:064x}",
            args=(
                Port(key="image", kind=PortKind.STRUCTURE, identifier="@bench/image", description=f"The image, {n}."),
                Port(key="level", kind=PortKind.FLOAT, nullable=True, default=0.5, description=f"The level of {n}."),
                Port(key="names", kind=PortKind.LIST, children=(Port(key="...", kind=PortKind.STRING),)),
            ),
            returns=(result(n % SHAPES),),
        )
        for n in range(count)
    ]


def manifest(count: int) -> Mapping[str, str]:
    return {"mynodes/manifest.json": generate(nodes(count))["manifest.json"]}


def graphql(count: int) -> Mapping[str, str]:
    shapes = [f"type Result{shape} {{\n  id: ID!\n  score_{shape}: Float!\n}}" for shape in range(SHAPES)]
    fields = [
        f'  """{ABOUT.format(n=n)}"""\n'
        f'  measure_{n}("The image, {n}." image: ID!, "The level of {n}." level: Float = 0.5, names: [String!]!):'
        f" Result{n % SHAPES}!"
        for n in range(count)
    ]
    query = "type Query {\n  nothing: Int\n}"
    asked = [
        f"mutation measure_{n}($image: ID!, $level: Float, $names: [String!]!) {{\n"
        f"  measure_{n}(image: $image, level: $level, names: $names) {{ id score_{n % SHAPES} }}\n}}"
        for n in range(count)
    ]
    settings = {
        "schema_path": "schema.graphql",
        "queries_path": "operations.graphql",
        "target_package_name": "client",
        "include_comments": "none",
    }
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in settings.items())
    return {
        "schema.graphql": "\n\n".join([*shapes, query, "type Mutation {\n" + "\n".join(fields) + "\n}"]) + "\n",
        "operations.graphql": "\n\n".join(asked) + "\n",
        "pyproject.toml": f"[tool.ariadne-codegen]\n{lines}\n",
    }


def openapi(count: int) -> Mapping[str, str]:
    text = {"type": "string"}
    schemas: dict[str, object] = {
        f"Result{shape}": {
            "type": "object",
            "required": ["id", f"score_{shape}"],
            "properties": {"id": text, f"score_{shape}": {"type": "number"}},
        }
        for shape in range(SHAPES)
    }
    paths: dict[str, object] = {}
    for n in range(count):
        schemas[f"Measure{n}Args"] = {
            "type": "object",
            "description": ABOUT.format(n=n),
            "required": ["image", "names"],
            "properties": {
                "image": {**text, "description": f"The image, {n}."},
                "level": {"type": "number", "default": 0.5, "description": f"The level of {n}."},
                "names": {"type": "array", "items": text},
            },
        }

        def content(name: str) -> dict[str, object]:
            return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}

        paths[f"/measure_{n}"] = {
            "post": {
                "operationId": f"measure_{n}",
                "tags": [f"app_{n // PER_APP}"],
                "description": ABOUT.format(n=n),
                "requestBody": {"required": True, **content(f"Measure{n}Args")},
                "responses": {"200": {"description": "Done.", **content(f"Result{n % SHAPES}")}},
            }
        }
    whole = {
        "openapi": "3.0.3",
        "info": {"title": "bench", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }
    return {"openapi.json": json.dumps(whole)}


def protobuf(count: int) -> Mapping[str, str]:
    lines = ['syntax = "proto3";', "package bench;"]
    lines += [f"message Result{shape} {{ string id = 1; double score_{shape} = 2; }}" for shape in range(SHAPES)]
    for n in range(count):
        about = "\n".join(f"// {line}" for line in ABOUT.format(n=n).splitlines())
        lines.append(
            f"{about}\nmessage Measure{n}Args {{\n  // The image, {n}.\n  string image = 1;\n  // The level of {n}.\n"
            "  optional double level = 2;\n  repeated string names = 3;\n}"
        )
    for app in range(-(-count // PER_APP)):
        calls = range(app * PER_APP, min(count, (app + 1) * PER_APP))
        methods = "\n".join(f"  rpc Measure{n}(Measure{n}Args) returns (Result{n % SHAPES});" for n in calls)
        lines.append(f"service App{app} {{\n{methods}\n}}")
    return {"bench.proto": "\n".join(lines) + "\n"}


INPUTS: Mapping[str, Callable[[int], Mapping[str, str]]] = {
    "manifest": manifest,
    "graphql": graphql,
    "openapi": openapi,
    "protobuf": protobuf,
}


def written(kind: str, count: int, folder: Path) -> None:
    """Write the input of ``kind`` for ``count`` operations into ``folder``."""
    for name, text in INPUTS[kind](count).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
