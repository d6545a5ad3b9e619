from typing import Any, Optional

from .base_model import BaseModel
from .enums import TaskEventKind


class MyTasks(BaseModel):
    mytasks: "MyTasksMytasks"


class MyTasksMytasks(BaseModel):
    event: Optional["MyTasksMytasksEvent"]


class MyTasksMytasksEvent(BaseModel):
    id: str
    task: str
    kind: TaskEventKind
    returns: Optional[Any]
    message: Optional[str]
    progress: Optional[int]


MyTasks.model_rebuild()
MyTasksMytasks.model_rebuild()
