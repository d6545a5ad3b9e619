from typing import Any, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import TaskEventKind


class TaskEvents(BaseModel):
    task: "TaskEventsTask"


class TaskEventsTask(BaseModel):
    id: str
    reference: Optional[str]
    agent: Optional["TaskEventsTaskAgent"]
    events: list["TaskEventsTaskEvents"]


class TaskEventsTaskAgent(BaseModel):
    name: str


class TaskEventsTaskEvents(BaseModel):
    id: str
    kind: TaskEventKind
    returns: Optional[Any]
    message: Optional[str]
    progress: Optional[int]
    created_at: Any = Field(alias="createdAt")


TaskEvents.model_rebuild()
TaskEventsTask.model_rebuild()
