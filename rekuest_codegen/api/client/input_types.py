from typing import Any, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    ActionKind,
    AgentKind,
    AssignPolicy,
    AssignWidgetKind,
    DemandKind,
    EffectClass,
    EffectKind,
    HookKind,
    Ordering,
    PortKind,
    ProvidesOperator,
    RequiresOperator,
    ReturnWidgetKind,
    TaskEventKind,
)


class OffsetPaginationInput(BaseModel):
    """`limit` left out is 100; null is no limit."""

    offset: int = 0
    limit: Optional[int] = 100


class ActionOrder(BaseModel):
    defined_at: Optional[Ordering] = Field(alias="definedAt", default=None)


class ImplementationOrder(BaseModel):
    created_at: Optional[Ordering] = Field(alias="createdAt", default=None)


class AgentOrder(BaseModel):
    last_seen: Optional[Ordering] = Field(alias="lastSeen", default=None)


class TaskOrder(BaseModel):
    created_at: Optional[Ordering] = Field(alias="createdAt", default=None)
    finished_at: Optional[Ordering] = Field(alias="finishedAt", default=None)


class TaskEventOrder(BaseModel):
    created_at: Optional[Ordering] = Field(alias="createdAt", default=None)


class StrFilterLookup(BaseModel):
    exact: Optional[str] = None
    i_exact: Optional[str] = Field(alias="iExact", default=None)
    contains: Optional[str] = None
    i_contains: Optional[str] = Field(alias="iContains", default=None)
    starts_with: Optional[str] = Field(alias="startsWith", default=None)
    i_starts_with: Optional[str] = Field(alias="iStartsWith", default=None)
    ends_with: Optional[str] = Field(alias="endsWith", default=None)
    i_ends_with: Optional[str] = Field(alias="iEndsWith", default=None)
    in_list: Optional[list[str]] = Field(alias="inList", default=None)


class ActionFilter(BaseModel):
    """What is given must all hold."""

    name: Optional["StrFilterLookup"] = None
    search: Optional[str] = None
    ids: Optional[list[str]] = None
    demands: Optional[list["PortDemandInput"]] = None
    protocols: Optional[list[str]] = None
    kind: Optional[ActionKind] = None
    in_collection: Optional[str] = Field(alias="inCollection", default=None)
    stateful: Optional[bool] = None
    app_identifier: Optional[str] = Field(alias="appIdentifier", default=None)


class ImplementationFilter(BaseModel):
    interface: Optional["StrFilterLookup"] = None
    ids: Optional[list[str]] = None
    search: Optional[str] = None
    action_hash: Optional[Any] = Field(alias="actionHash", default=None)
    action: Optional["ImplementationActionFilter"] = None
    agent: Optional["ImplementationAgentFilter"] = None


class ImplementationActionFilter(BaseModel):
    ids: Optional[list[str]] = None
    search: Optional[str] = None
    kind: Optional[ActionKind] = None


class ImplementationAgentFilter(BaseModel):
    ids: Optional[list[str]] = None


class AgentFilter(BaseModel):
    ids: Optional[list[str]] = None
    search: Optional[str] = None
    app_identifier: Optional[str] = Field(alias="appIdentifier", default=None)


class TaskFilter(BaseModel):
    ids: Optional[list[str]] = None
    state: Optional[list[TaskEventKind]] = None
    implementation: Optional[str] = None
    action: Optional[str] = None
    agent: Optional[str] = None
    parent: Optional[str] = None
    root: Optional[str] = None
    is_done: Optional[bool] = Field(alias="isDone", default=None)
    reference: Optional[str] = None


class TaskEventFilter(BaseModel):
    ids: Optional[list[str]] = None
    kind: Optional[list[TaskEventKind]] = None


class PortDemandInput(BaseModel):
    """Nodes whose arguments or returns match."""

    kind: DemandKind
    matches: Optional[list["PortMatchInput"]] = None
    force_length: Optional[int] = Field(alias="forceLength", default=None)
    force_non_nullable_length: Optional[int] = Field(
        alias="forceNonNullableLength", default=None
    )
    force_structure_length: Optional[int] = Field(
        alias="forceStructureLength", default=None
    )


class PortMatchInput(BaseModel):
    at: Optional[int] = None
    key: Optional[str] = None
    kind: Optional[PortKind] = None
    identifier: Optional[str] = None
    nullable: Optional[bool] = None
    dimension: Optional[str] = None
    descriptors: Optional[list["DescriptorInput"]] = None
    children: Optional[list["PortMatchInput"]] = None


class DescriptorInput(BaseModel):
    key: str
    value: Any


class ActionDemandInput(BaseModel):
    """The node that fits all of this."""

    hash: Optional[str] = None
    key: Optional[str] = None
    app: Optional[str] = None
    version: Optional[str] = None
    name: Optional[str] = None
    arg_matches: Optional[list["PortMatchInput"]] = Field(
        alias="argMatches", default=None
    )
    return_matches: Optional[list["PortMatchInput"]] = Field(
        alias="returnMatches", default=None
    )
    protocols: Optional[list[str]] = None
    force_arg_length: Optional[int] = Field(alias="forceArgLength", default=None)
    force_return_length: Optional[int] = Field(alias="forceReturnLength", default=None)
    pure: Optional[bool] = None
    idempotent: Optional[bool] = None
    stateful: Optional[bool] = None


class AssignInput(BaseModel):
    """What to run: one of `action`, `implementation`, `actionHash`, or `agent` with `interface`."""

    action: Optional[str] = None
    implementation: Optional[str] = None
    action_hash: Optional[Any] = Field(alias="actionHash", default=None)
    agent: Optional[str] = None
    interface: Optional[str] = None
    args: Any
    reference: Optional[str] = None
    "The caller's idempotency key."
    parent: Optional[str] = None
    "The task that calls."
    dependency: Optional[str] = None
    resolution: Optional[str] = None
    method: Optional[str] = None
    hooks: Optional[list["HookInput"]] = None
    dependencies: Optional[list[Any]] = None
    cached: Optional[bool] = None
    log: Optional[bool] = None
    capture: Optional[bool] = None
    ephemeral: Optional[bool] = None
    is_hook: Optional[bool] = Field(alias="isHook", default=None)
    step: Optional[bool] = None
    policy: Optional[AssignPolicy] = None


class HookInput(BaseModel):
    kind: HookKind
    hash: Any


class CancelInput(BaseModel):
    task: str


class InterruptInput(BaseModel):
    task: str


class PauseInput(BaseModel):
    task: str


class ResumeInput(BaseModel):
    task: str
    step: bool = False


class AgentInput(BaseModel):
    name: Optional[str] = None
    kind: Optional[AgentKind] = None
    hook_url: Optional[str] = Field(alias="hookUrl", default=None)
    hook_url_secret: Optional[str] = Field(alias="hookUrlSecret", default=None)


class ImplementAgentInput(BaseModel):
    name: Optional[str] = None
    implementations: Optional[list["ImplementationInput"]] = None
    states: Optional[list[Any]] = None
    locks: Optional[list[Any]] = None
    bloks: Optional[list[Any]] = None
    hash: Optional[str] = None
    "Chosen by the agent; given back with the agent, so that it can see that nothing changed."


class ImplementationInput(BaseModel):
    definition: "DefinitionInput"
    interface: Optional[str] = None
    dependencies: list[Any] = Field(default_factory=lambda: [])
    tracks: Optional[list[Any]] = None
    optimistics: Optional[list[Any]] = None
    params: Optional[Any] = None
    instance_id: Optional[str] = Field(alias="instanceId", default=None)
    locks: Optional[list[str]] = None
    manipulates: Optional[list[str]] = None
    needs_token: bool = Field(alias="needsToken", default=True)
    provenance_audience: Optional[list[str]] = Field(
        alias="provenanceAudience", default=None
    )
    effect: EffectClass = EffectClass.NONE


class DefinitionInput(BaseModel):
    key: str
    version: str
    name: str
    kind: ActionKind
    description: Optional[str] = None
    collections: list[str] = Field(default_factory=lambda: [])
    args: list["ArgPortInput"] = Field(default_factory=lambda: [])
    returns: list["ReturnPortInput"] = Field(default_factory=lambda: [])
    port_groups: list["PortGroupInput"] = Field(
        alias="portGroups", default_factory=lambda: []
    )
    is_test_for: list["TestTargetInput"] = Field(
        alias="isTestFor", default_factory=lambda: []
    )
    stateful: bool = False
    pure: bool = False
    idempotent: bool = False
    is_dev: bool = Field(alias="isDev", default=False)


class TestTargetInput(BaseModel):
    hash: Optional[str] = None
    app: Optional[str] = None
    key: Optional[str] = None
    version: Optional[str] = None


class PortGroupInput(BaseModel):
    key: str
    title: Optional[str] = None
    description: Optional[str] = None
    effects: Optional[list["EffectInput"]] = Field(default_factory=lambda: [])
    ports: Optional[list[str]] = Field(default_factory=lambda: [])


class ArgPortInput(BaseModel):
    key: str
    kind: PortKind
    label: Optional[str] = None
    description: Optional[str] = None
    identifier: Optional[str] = None
    nullable: bool = False
    default: Optional[Any] = None
    children: Optional[list["ArgPortInput"]] = None
    choices: Optional[list["ChoiceInput"]] = None
    reference_unit: Optional[str] = Field(alias="referenceUnit", default=None)
    proposed_units: Optional[list[str]] = Field(alias="proposedUnits", default=None)
    dimension: Optional[str] = None
    effects: Optional[list["EffectInput"]] = None
    validators: Optional[list["ValidatorInput"]] = None
    widget: Optional["AssignWidgetInput"] = None
    requires: Optional[list["RequiresInput"]] = None


class ReturnPortInput(BaseModel):
    key: str
    kind: PortKind
    label: Optional[str] = None
    description: Optional[str] = None
    identifier: Optional[str] = None
    nullable: bool = False
    default: Optional[Any] = None
    children: Optional[list["ReturnPortInput"]] = None
    choices: Optional[list["ChoiceInput"]] = None
    reference_unit: Optional[str] = Field(alias="referenceUnit", default=None)
    proposed_units: Optional[list[str]] = Field(alias="proposedUnits", default=None)
    dimension: Optional[str] = None
    effects: Optional[list["EffectInput"]] = None
    validators: Optional[list["ValidatorInput"]] = None
    widget: Optional["ReturnWidgetInput"] = None
    provides: Optional[list["ProvidesInput"]] = None


class ChoiceInput(BaseModel):
    value: Any
    label: str
    image: Optional[str] = None
    description: Optional[str] = None


class AssignWidgetInput(BaseModel):
    kind: AssignWidgetKind
    follow_value: Optional[str] = Field(alias="followValue", default=None)
    min: Optional[float] = None
    max: Optional[float] = None
    step: Optional[float] = None
    placeholder: Optional[str] = None
    as_paragraph: Optional[bool] = Field(alias="asParagraph", default=None)
    choices: Optional[list["ChoiceInput"]] = None
    query: Optional[Any] = None
    ward: Optional[str] = None
    hook: Optional[str] = None
    filters: Optional[list["ArgPortInput"]] = None
    dependencies: Optional[list[str]] = Field(default_factory=lambda: [])
    dependency: Optional[str] = None
    state_choices: Optional[str] = Field(alias="stateChoices", default=None)
    state_path: Optional[str] = Field(alias="statePath", default=None)
    state_accessors: Optional[list[Any]] = Field(alias="stateAccessors", default=None)
    target_dependency: Optional[str] = Field(alias="targetDependency", default=None)
    target_action: Optional[str] = Field(alias="targetAction", default=None)
    target_port: Optional[str] = Field(alias="targetPort", default=None)
    fallback: Optional["AssignWidgetInput"] = None


class ReturnWidgetInput(BaseModel):
    kind: ReturnWidgetKind
    choices: Optional[list["ChoiceInput"]] = None
    query: Optional[Any] = None
    min: Optional[int] = None
    max: Optional[int] = None
    step: Optional[int] = None
    placeholder: Optional[str] = None
    hook: Optional[str] = None
    ward: Optional[str] = None


class EffectInput(BaseModel):
    kind: EffectKind
    function: Any
    dependencies: Optional[list[str]] = Field(default_factory=lambda: [])
    message: Optional[str] = None
    fade: Optional[bool] = True
    hook: Optional[str] = None
    ward: Optional[str] = None


class ValidatorInput(BaseModel):
    function: Any
    dependencies: Optional[list[str]] = Field(default_factory=lambda: [])
    label: Optional[str] = None
    error_message: Optional[str] = Field(alias="errorMessage", default=None)


class RequiresInput(BaseModel):
    key: str
    operator: RequiresOperator
    value: Any


class ProvidesInput(BaseModel):
    key: str
    operator: ProvidesOperator
    value: Any


class ShelveInMemoryDrawerInput(BaseModel):
    identifier: Any
    resource_id: str = Field(alias="resourceId")
    label: Optional[str] = None
    description: Optional[str] = None


class UnshelveMemoryDrawerInput(BaseModel):
    id: str


ActionFilter.model_rebuild()
ImplementationFilter.model_rebuild()
PortDemandInput.model_rebuild()
PortMatchInput.model_rebuild()
ActionDemandInput.model_rebuild()
AssignInput.model_rebuild()
ImplementAgentInput.model_rebuild()
ImplementationInput.model_rebuild()
DefinitionInput.model_rebuild()
PortGroupInput.model_rebuild()
ArgPortInput.model_rebuild()
ReturnPortInput.model_rebuild()
AssignWidgetInput.model_rebuild()
ReturnWidgetInput.model_rebuild()
