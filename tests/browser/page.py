"""One tab of a real browser, driven over the DevTools protocol: keys, clicks, questions, a screenshot.

Only what a user can do is done: keys and clicks are sent to the browser, not to a script in the page. What the page
says on its console, every error in it, and every request it makes is kept.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser.engine import Engine
from tests.processes import running

WITHIN = 20.0
KEYS = {"Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, ""), "ArrowDown": (40, ""), "ArrowUp": (38, "")}


class Page:
    """A tab. ``complaints`` are errors and what was written to the console, ``requests`` the addresses asked for."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self._session: str | None = None
        self._loaded = 0
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> Any:
        """One command, and its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def open(self, address: str) -> None:
        """Load ``address``, and what it loads."""
        before = self._loaded
        self.ask("Page.navigate", url=address)
        while self._loaded == before:
            self._receive()

    def value(self, expression: str) -> Any:
        """What JavaScript's ``expression`` is in the page."""
        said = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def becomes(self, expression: str, value: Any) -> None:
        """Wait for ``expression`` to be ``value``: what a key or a click does need not be done when it is sent."""
        end = time.monotonic() + WITHIN
        while (now := self.value(expression)) != value:
            assert time.monotonic() < end, f"{expression}: still {now!r} and not {value!r}"
            self.value("new Promise(requestAnimationFrame)")

    def wait(self) -> None:
        """Wait for the browser to say anything."""
        self._receive()

    def type(self, text: str) -> None:
        """Press the keys of ``text``, wherever the focus is."""
        for char in text:
            self.ask("Input.dispatchKeyEvent", type="keyDown", key=char, text=char)
            self.ask("Input.dispatchKeyEvent", type="keyUp", key=char)

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key that has a name."""
        code, text = KEYS[key]
        said = {"key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.ask("Input.dispatchKeyEvent", type="keyDown", text=text, **said)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **said)

    def click(self, selector: str) -> None:
        """Click the middle of the first element that ``selector`` finds."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.value(f"{found}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        self.value("new Promise(requestAnimationFrame)")
        x, y = self.value(f"(b => [b.x + b.width / 2, b.y + b.height / 2])({found}.getClientRects()[0])")
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def screenshot(self, path: Path, *, width: int = 1280, height: int = 900) -> None:
        """A picture of what is to be seen, as PNG."""
        self.size(width, height)
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def size(self, width: int, height: int) -> None:
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def prefers(self, **features: str) -> None:
        """Answer media queries: ``prefers_color_scheme="dark"``."""
        said = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.ask("Emulation.setEmulatedMedia", features=said)

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=WITHIN))
        said = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded += 1
            case "Runtime.exceptionThrown":
                self.complaints.append(str(said["exceptionDetails"]))
            case "Runtime.consoleAPICalled":
                self.complaints.append(f"{said['type']}: {said['args']}")
            case "Log.entryAdded":
                self.complaints.append(f"{said['entry']['level']}: {said['entry']['text']}")
            case "Network.requestWillBeSent":
                self.requests.append(said["request"]["url"])
            case "Page.javascriptDialogOpening":
                self.dialogs.append(said["message"])
                self._number += 1
                answer = {"id": self._number, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
                self._socket.send(json.dumps({**answer, "sessionId": self._session}))
        return message


@contextmanager
def browser_page(engine: Engine, profile: Path) -> Generator[Page]:
    """A browser with one tab, ended with the block; ``profile`` is a folder for what it keeps."""
    with running(engine.command(profile), until="DevTools listening on", environment=engine.environment) as (_, line):
        address = line.split(" on ", 1)[1].strip()
        with connect(address, max_size=None, open_timeout=WITHIN, compression=None) as socket:
            yield Page(socket)
