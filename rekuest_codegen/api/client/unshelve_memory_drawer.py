from pydantic import Field

from .base_model import BaseModel


class UnshelveMemoryDrawer(BaseModel):
    unshelve_memory_drawer: str = Field(alias="unshelveMemoryDrawer")
