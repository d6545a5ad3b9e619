from typing import Any, Optional

from pydantic import Field

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
    created_at: Any = Field(alias="createdAt")


MyTasks.model_rebuild()
MyTasksMytasks.model_rebuild()
