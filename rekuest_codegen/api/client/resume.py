from .base_model import BaseModel


class Resume(BaseModel):
    resume: "ResumeResume"


class ResumeResume(BaseModel):
    id: str


Resume.model_rebuild()
