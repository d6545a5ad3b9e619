"""Nodes that take and give what goes to the object store: arrays, frames, bytes and files, nested in each other."""

import os
import threading
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from rekuest_codegen import easy
from rekuest_codegen.runtime.objects import File

app = easy("atelier")
seen: list[Any] = []
ours = threading.local()


@app.register()
def smooth(image: np.ndarray, times: int = 1) -> np.ndarray:
    """Smooth an image, in place."""
    seen.append(image)
    for _ in range(times):
        image += 1
    return image


@app.register()
def total(image: NDArray[np.float64]) -> float:
    """The sum of an image."""
    return float(image.sum())


@app.register()
def stack(images: list[np.ndarray], names: dict[str, np.ndarray], mask: np.ndarray | None = None) -> list[np.ndarray]:
    """All images there are."""
    return [*images, *names.values(), *([mask] if mask is not None else [])]


@app.register()
def convert(frame: pd.DataFrame) -> pl.DataFrame:
    """From one library to the other."""
    return pl.DataFrame({str(name): list(frame[name]) for name in frame.columns})


@app.register()
def weigh(thing: bytes | np.ndarray | int) -> str:
    """What was given, and how much of it."""
    size = thing if isinstance(thing, int) else len(thing)
    return f"{type(thing).__name__} {size}"


@app.register()
def upper(file: File) -> File:
    """The file in capitals, under another name."""
    target = file.path.with_name(f"upper {file.name}")
    target.write_bytes(file.read_bytes().upper())
    return File(target)


@app.register()
def reverse(data: bytes) -> bytes:
    """Backwards."""
    return data[::-1]


@app.register()
def unsafe() -> np.ndarray:
    """Give back what cannot travel."""
    return np.array([os], dtype=object)
