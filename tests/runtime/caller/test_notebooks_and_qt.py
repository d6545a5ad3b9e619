"""Where a loop runs that is not the program's own: a notebook's kernel and Qt, both real, in processes of their own."""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.processes import run
from tests.runtime.caller.test_at_exit import settings

NOTEBOOK = """
import json, sys
from jupyter_client.manager import start_new_kernel

CELLS = [
    "from lab_stubs import lab; from rekuest_codegen import map, options, submit",
    "print(lab.add(1), list(lab.count(3)))",
    "print(await lab.aadd(2), [item async for item in lab.acount(2)])",
    "print(list(map(lab.add, [1, 2])), submit(lab.add, 5).result())",
    "with options(progress=True): print(lab.rest(0.05))",
    '''
async def inside():
    with options(blocking=False):
        return lab.add(1)
try:
    await inside()
except Exception as error:
    print(type(error).__name__)
''',
    "import rekuest_codegen.runtime.portal as portal; portal.close()",
]
manager, client = start_new_kernel(kernel_name="python3")
printed = []
try:
    for cell in CELLS:
        said = []

        def hear(message):
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append(content["ename"] + content["evalue"])

        client.execute_interactive(cell, timeout=30, output_hook=hear)
        printed.append("".join(said))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
print(json.dumps(printed))
"""

QT = """
import asyncio, faulthandler, json
from PySide6.QtCore import QCoreApplication, QTimer
from lab_stubs import lab
from rekuest_codegen import submit
from rekuest_codegen.errors import SyncInsideLoopError

faulthandler.dump_traceback_later(30, exit=True)
said = []
app = QCoreApplication([])
task = None

def slot():
    said.append(lab.add(1))
    said.append(list(lab.count(2)))

def begin():
    global task
    task = submit(lab.rest, 0.1)

def look():
    if task is not None and task.done:
        said.append(task.result())
        app.quit()

def plain():
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(10)
    QTimer.singleShot(0, slot)
    QTimer.singleShot(1, begin)
    app.exec()

def with_asyncio():
    import qasync

    async def main():
        QTimer.singleShot(0, slot)
        while len(said) < 5:
            await asyncio.sleep(0.01)
        said.append(await lab.aadd(3))
        said.append([item async for item in lab.acount(2)])
        try:
            lab.add(1)
        except SyncInsideLoopError as error:
            said.append("refused")

    with qasync.QEventLoop(app) as loop:
        loop.run_until_complete(main())

plain()
with_asyncio()
print(json.dumps(said))
"""


def said(lab: Any, program: str) -> Any:
    done = run([sys.executable, "-c", program], environment=settings(lab))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_in_a_notebook(lab: Any) -> None:
    assert said(lab, NOTEBOOK) == [
        "",
        "2 [0, 1, 2]\n",
        "3 [0, 1]\n",
        "[2, 3] 6\n",
        "\rlab/rest 0% Queued for running\nrested\n",
        "SyncInsideLoopError\n",
        "",
    ]


def test_in_slots_and_coroutines_of_qt(lab: Any) -> None:
    assert said(lab, QT) == [2, [0, 1], "rested", 2, [0, 1], 4, [0, 1], "refused"]
