"""Tasks that are not waited for keep the type of what their node gives, whichever form is submitted."""

from typing import assert_type

from mynodes.demo import add, athreshold, count, describe, make_image, note, record, threshold
from mynodes.types import Image
from rekuest_codegen import TaskHandle, asubmit, attach, submit

image = make_image("a")
task = submit(threshold, image, level=0.7)
assert_type(task, TaskHandle[Image])
assert_type(submit(athreshold, image).result(), Image)
assert_type(submit(add, 1, y=2), TaskHandle[int])
assert_type(submit(add, 1).result(timeout=1.0), int)
assert_type(submit(describe, image).result().return0, str)
assert_type(submit(count, 3), TaskHandle[int])
assert_type(submit(note, "a"), TaskHandle[None])
assert_type(attach(add, "id"), TaskHandle[int])

submit(threshold)  # error: mypy[call-overload] pyright[reportCallIssue]
submit(threshold, "an image")  # error: mypy[call-overload] pyright[reportCallIssue, reportArgumentType]
submit(threshold, image, levle=0.7)  # error: mypy[arg-type, call-arg] pyright[reportCallIssue]
submit(threshold, image, level="high")  # error: mypy[arg-type] pyright[reportCallIssue, reportArgumentType]
submit(threshold(image), image)  # error: mypy[call-overload] pyright[reportCallIssue, reportArgumentType]
submit(add, 1, 2, 3)  # error: mypy[call-overload] pyright[reportCallIssue]
text: str = submit(add, 1).result()  # error: mypy[assignment] pyright[reportAssignmentType]
wrong: TaskHandle[str] = submit(add, 1)  # error: mypy[call-overload] pyright[reportAssignmentType]
task.nothing  # error: mypy[attr-defined] pyright[reportAttributeAccessIssue]


async def submitted() -> None:
    assert_type(await asubmit(athreshold, image), TaskHandle[Image])
    assert_type((await asubmit(add, 1)), TaskHandle[int])
    assert_type(await (await asubmit(add, 1)).aresult(), int)
    assert_type((await asubmit(record)), TaskHandle[str])  # error: mypy[assert-type] pyright[reportAssertTypeFailure]
    await asubmit(add)  # error: mypy[call-overload] pyright[reportCallIssue]
    text: str = await (await asubmit(add, 1)).aresult()  # error: mypy[assignment] pyright[reportAssignmentType]
