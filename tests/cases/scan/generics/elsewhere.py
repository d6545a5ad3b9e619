"""A class by the name of one in the module that imports it."""

from dataclasses import dataclass

from rekuest_codegen import model


@model
@dataclass
class Point:
    y: float
