"""A language server and what an editor asks of it: completion, hover, signature help, definition.

The servers are those that editors run, in processes of their own, spoken to over their standard streams. Places in a
text are given by a mark in it, ``|``.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

WITHIN = 60.0


class Editor:
    """An editor with one folder open. Every question is about a text with a mark in it, opened as a new file."""

    def __init__(self, asked: IO[bytes], answered: IO[bytes], folder: Path, settings: Mapping[str, Any]) -> None:
        self._asked = asked
        self._answered = answered
        self._folder = folder
        self._settings = settings
        self._number = 0
        self._files = 0
        self.ask(
            "initialize",
            processId=None,
            rootUri=folder.as_uri(),
            workspaceFolders=[{"uri": folder.as_uri(), "name": "folder"}],
            initializationOptions={},
            capabilities={
                "workspace": {"configuration": True, "workspaceFolders": True},
                "textDocument": {
                    "hover": {"contentFormat": ["markdown", "plaintext"]},
                    "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                    "signatureHelp": {"signatureInformation": {"documentationFormat": ["markdown"]}},
                },
            },
        )
        self._tell("initialized")

    def completions(self, text: str) -> dict[str, dict[str, Any]]:
        """What may stand at the mark, by label."""
        found = self._at("textDocument/completion", text)
        items = found["items"] if isinstance(found, dict) else found or []
        return {item["label"]: item for item in items}

    def described(self, item: dict[str, Any]) -> str:
        """What the editor shows beside a chosen completion."""
        said = self.ask("completionItem/resolve", **item)
        return f"{said.get('detail', '')}\n{_text(said.get('documentation'))}"

    def hover(self, text: str) -> str:
        """What is shown for what is under the mark."""
        found = self._at("textDocument/hover", text)
        return _text(found["contents"]) if found else ""

    def signatures(self, text: str) -> list[dict[str, Any]]:
        """What is shown inside the parentheses of a call."""
        found = self._at("textDocument/signatureHelp", text)
        return list(found["signatures"]) if found else []

    def definitions(self, text: str) -> list[tuple[Path, str]]:
        """Where what is under the mark is defined: the file, and the line as it stands there."""
        found = self._at("textDocument/definition", text) or []
        places: list[tuple[Path, str]] = []
        for place in found if isinstance(found, list) else [found]:
            path = Path((place.get("uri") or place["targetUri"]).removeprefix("file://"))
            span = place.get("range") or place["targetSelectionRange"]
            places.append((path, path.read_text(encoding="utf-8").split("\n")[span["start"]["line"]]))
        return places

    def ask(self, method: str, **parameters: Any) -> Any:
        """One request, and its answer; what the server asks meanwhile is answered."""
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": parameters})
        while True:
            said = self._receive()
            if "method" in said and "id" in said:
                self._send({"id": said["id"], "result": self._answer(said["method"], said.get("params") or {})})
            elif said.get("id") == number:
                assert "error" not in said, (method, said["error"])
                return said.get("result")

    def end(self) -> None:
        """Say good-bye, as an editor does."""
        self.ask("shutdown")
        self._tell("exit")

    def _at(self, method: str, text: str) -> Any:
        before, _, after = text.partition("|")
        self._files += 1
        file = self._folder / f"open_{self._files}.py"
        file.write_text(before + after)
        uri = file.as_uri()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": before + after}
        self._tell("textDocument/didOpen", textDocument=document)
        position = {"line": before.count("\n"), "character": len(before) - (before.rfind("\n") + 1)}
        return self.ask(method, textDocument={"uri": uri}, position=position)

    def _answer(self, method: str, parameters: Mapping[str, Any]) -> Any:
        if method == "workspace/configuration":
            return [self._settings.get(item.get("section"), {}) for item in parameters["items"]]
        return None

    def _tell(self, method: str, **parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: Mapping[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._asked.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self._asked.flush()

    def _receive(self) -> dict[str, Any]:
        length = 0
        while line := self._answered.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the server has gone"
        message: dict[str, Any] = json.loads(self._answered.read(length))
        return message


@contextmanager
def editing(command: Sequence[str], folder: Path, settings: Mapping[str, Any]) -> Generator[Editor]:
    """A language server with ``folder`` open, ended with the block."""
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    # Whoever waits for a server that is gone is told so: its streams end.
    alarm = threading.Timer(WITHIN, process.kill)
    alarm.start()
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        editor = Editor(process.stdin, process.stdout, folder, settings)
        yield editor
        editor.end()
    finally:
        alarm.cancel()
        process.kill()  # jedi's takes its time
        process.wait()
        process.stdin.close()
        process.stdout.close()


def _text(contents: Any) -> str:
    if isinstance(contents, list):
        return "\n".join(map(_text, contents))
    return str(contents.get("value", "") if isinstance(contents, dict) else contents or "")
