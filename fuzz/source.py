"""A fuzzer's bytes as a source of choices."""

from __future__ import annotations

import atheris


class Bytes:
    """Choices drawn from ``data``; the first of all once it has ended."""

    def __init__(self, data: bytes) -> None:
        self.randint = atheris.FuzzedDataProvider(data).ConsumeIntInRange
