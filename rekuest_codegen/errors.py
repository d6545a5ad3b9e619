"""Everything that can go wrong, and whose fault it is.

::

    RekuestError
    ├── LocalError                 the caller's own input or machine; trying again changes nothing
    │   ├── ConfigurationError     a setting, option or file is wrong or missing
    │   ├── ArgumentError          a value does not fit its port (also a ValueError)
    │   ├── DefinitionError        a definition cannot be expressed; carries findings
    │   ├── GenerationError        the generator, or a template of one's own, produced no valid Python
    │   ├── OutputError            the package cannot be written where it was asked for
    │   ├── MissingExtraError      an optional dependency is not installed
    │   └── SyncInsideLoopError    the sync form was called where an event loop runs
    ├── RemoteError                the other side answered, and the answer is no
    │   ├── AccessDenied           the token was refused
    │   ├── NodeNotFound           the server knows no such node, or nobody provides it now
    │   ├── NodeError              the node's function raised; carries the remote message
    │   ├── TaskCancelled          the task was cancelled or interrupted
    │   ├── AgentLost              the agent disappeared while the task was running
    │   ├── ServerError            the server answered with an error of its own
    │   └── ProtocolError          the other side broke the protocol
    └── TransportError             the network; nothing is known about the answer
        ├── Unreachable            no connection could be made; nothing was sent
        ├── ConnectionLost         the connection broke and did not come back in time
        └── CallTimeout            no answer in time (also a TimeoutError)

``retry_safe`` says whether doing the same again is safe: ``True`` when nothing was started, ``False`` when the work
may have been done already. ``docs/errors.md`` draws the same tree for who catches them. Findings are values, not
exceptions: whoever can go on collects them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Finding(NamedTuple):
    """One thing found in somebody's input.

    ``code`` is stable and short (``unknown-kind``), ``where`` names the place as its owner would
    (``app/key: args.x`` or ``file.py:3:7``), ``message`` says what is wrong and what to do about it.
    """

    code: str
    where: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.where}: {self.code}: {self.message}"


class RekuestError(Exception):
    """Root of every error this package raises on purpose. All of them can be pickled."""

    retry_safe: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        # What Exception does, which calls the class with the message, suits none whose arguments make the message.
        return _restored, (type(self), self.args, self.__dict__)


def _restored(cls: type[RekuestError], args: tuple[Any, ...], state: dict[str, Any]) -> RekuestError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class LocalError(RekuestError):
    """The caller's own input or machine is at fault."""


class ConfigurationError(LocalError):
    """A setting, option or file is wrong or missing."""


class ArgumentError(LocalError, ValueError):
    """A value does not fit its port. ``path`` names the place, as in ``$.images[1]['b']``."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class DefinitionError(LocalError):
    """One or more definitions cannot be expressed; ``findings`` says which and why.

    ``nodes`` has the ``app/key`` of those that can be left out, where that is a way on.
    """

    nodes: tuple[str, ...] = ()

    def __init__(self, findings: Sequence[Finding], nodes: Sequence[str] = ()) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)
        if nodes:
            self.nodes = tuple(nodes)


class GenerationError(LocalError):
    """The generator produced what it must not: a mistake of ours, or of a template that replaces one of ours."""


class OutputError(LocalError):
    """The package cannot be written; whatever was on disk before is still there."""


class MissingExtraError(LocalError):
    """An optional dependency is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs an extra that is not installed: pip install 'rekuest-codegen[{extra}]'")


class SyncInsideLoopError(LocalError):
    """The sync form of a call was used where an event loop is running."""


class RemoteError(RekuestError):
    """The other side answered, and the answer is no."""


class AccessDenied(RemoteError):
    """The server refused the token."""

    retry_safe = True


class NodeNotFound(RemoteError):
    """The server knows no such node, or nobody provides it now."""

    retry_safe = True


class NodeError(RemoteError):
    """The node's function raised, or refused its arguments.

    ``message`` is the remote text as it came, ``node`` the node's ``app/key``, ``task`` the task's id at the server.
    ``type`` names the remote exception (``ValueError``, ``lab.cameras.Jammed``) and ``traceback`` is its text; both are
    None where the provider does not tell.
    """

    def __init__(
        self, node: str, task: str, message: str, *, type: str | None = None, traceback: str | None = None
    ) -> None:
        shown = message if type is None or f"{type}: " in message else f"{type}: {message}"
        super().__init__(f"{node}: {shown}")
        self.node = node
        self.task = task
        self.message = message
        self.type = type
        self.traceback = traceback


class TaskCancelled(RemoteError):
    """The task was cancelled or interrupted before it finished."""


class AgentLost(RemoteError):
    """The agent disappeared while it had the task: it may have done the work, or not.

    What is known: ``node`` (``app/key``), ``task`` (its id), ``agent`` (its name), ``last_event`` (the kind of what it
    said last), ``progress`` (in percent), ``since`` (when it was missed here); each None where nobody said so.
    ``retry_safe`` when the agent told before that it had not begun.
    """

    def __init__(
        self,
        message: str,
        *,
        node: str | None = None,
        task: str | None = None,
        agent: str | None = None,
        last_event: str | None = None,
        progress: int | None = None,
        since: datetime | None = None,
        begun: bool = True,
    ) -> None:
        super().__init__(message)
        self.node = node
        self.task = task
        self.agent = agent
        self.last_event = last_event
        self.progress = progress
        self.since = since
        self.retry_safe = not begun


class ServerError(RemoteError):
    """The server answered with an error of its own."""


class ProtocolError(RemoteError):
    """The other side sent what the protocol does not allow."""


class TransportError(RekuestError):
    """The network failed; nothing is known about the answer."""


class Unreachable(TransportError):
    """No connection could be made; nothing was sent."""

    retry_safe = True


class ConnectionLost(TransportError):
    """The connection broke and did not come back in time."""


class CallTimeout(TransportError, TimeoutError):
    """No answer in time. The task may still be running."""
