from .base_model import BaseModel


class FindTask(BaseModel):
    tasks: list["FindTaskTasks"]


class FindTaskTasks(BaseModel):
    id: str


FindTask.model_rebuild()
