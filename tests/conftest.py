"""What all tests share: a deterministic Hypothesis, and the environments of the third parties."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

settings.register_profile(
    "same-every-time", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same-every-time")

os.environ["REKUEST_CACHE_DIR"] = ""  # nothing is remembered from one test to the next, or on the user's machine


def environment(variable: str, name: str) -> Path:
    path = Path(os.environ.get(variable) or ROOT / ".venvs" / name / "bin" / "python")
    if not path.exists():
        pytest.fail(f"{path} is not there; `make test` sets it up")
    return path


@pytest.fixture(scope="session")
def next_python() -> Path:
    """A Python with an unmodified rekuest-next 2.3.1."""
    return environment("REKUEST_NEXT_PYTHON", "rekuest-next")


@pytest.fixture(scope="session")
def ten_python() -> Path:
    """A Python with an unmodified rekuest 10.0.0."""
    return environment("REKUEST_PYTHON", "rekuest")


@pytest.fixture(scope="session")
def user_python() -> Path:
    """A Python with what users install, and so with the libraries' newest: development tools hold some back."""
    return environment("USER_PYTHON", "user")


@pytest.fixture(scope="session", autouse=True)
def _known_to_mypy(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What mypy finds out about libraries serves all its runs, in all the processes that run tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    os.environ["MYPY_CACHE_DIR"] = str(shared / "mypy")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
