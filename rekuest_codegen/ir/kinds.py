"""The words definitions are written in: kinds of ports and of nodes. Loaded by everybody, so it loads nothing."""

from __future__ import annotations

from enum import StrEnum

MAX_DEPTH = 32
"""How deep ports may nest. A real definition stays below six; the real server was seen to accept sixty."""


class PortKind(StrEnum):
    __hash__ = str.__hash__  # the same, without a walk through Python: tables are looked into all the time

    INT = "INT"
    STRING = "STRING"
    STRUCTURE = "STRUCTURE"
    LIST = "LIST"
    BOOL = "BOOL"
    DICT = "DICT"
    FLOAT = "FLOAT"
    DATE = "DATE"
    UNION = "UNION"
    ENUM = "ENUM"
    MODEL = "MODEL"
    MEMORY_STRUCTURE = "MEMORY_STRUCTURE"
    INTERFACE = "INTERFACE"
    QUANTITY = "QUANTITY"


class NodeKind(StrEnum):
    FUNCTION = "FUNCTION"
    GENERATOR = "GENERATOR"
