from typing import Any, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import TaskEventKind


class ListTasks(BaseModel):
    tasks: list["ListTasksTasks"]


class ListTasksTasks(BaseModel):
    id: str
    reference: Optional[str]
    is_done: bool = Field(alias="isDone")
    latest_event_kind: TaskEventKind = Field(alias="latestEventKind")
    created_at: Any = Field(alias="createdAt")
    finished_at: Optional[Any] = Field(alias="finishedAt")
    action: "ListTasksTasksAction"
    agent: Optional["ListTasksTasksAgent"]
    parent: Optional["ListTasksTasksParent"]


class ListTasksTasksAction(BaseModel):
    key: str
    app: "ListTasksTasksActionApp"


class ListTasksTasksActionApp(BaseModel):
    identifier: str


class ListTasksTasksAgent(BaseModel):
    name: str


class ListTasksTasksParent(BaseModel):
    id: str


ListTasks.model_rebuild()
ListTasksTasks.model_rebuild()
ListTasksTasksAction.model_rebuild()
