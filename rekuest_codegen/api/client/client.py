from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Optional, Union

from .async_base_client import AsyncBaseClient
from .base_model import UNSET
from .operations import (
    AGENT_CHANGES_GQL,
    ASSIGN_GQL,
    CANCEL_GQL,
    ENSURE_AGENT_GQL,
    ENUMERATE_AGENTS_GQL,
    ENUMERATE_HASHES_GQL,
    ENUMERATE_NODES_GQL,
    FIND_TASK_GQL,
    IMPLEMENT_AGENT_GQL,
    IMPLEMENTATIONS_GQL,
    INTERRUPT_GQL,
    LIST_AGENTS_GQL,
    LIST_TASKS_GQL,
    MY_TASKS_GQL,
    PAUSE_GQL,
    RESUME_GQL,
    SHELVE_IN_MEMORY_DRAWER_GQL,
    TASK_EVENTS_GQL,
    UNSHELVE_MEMORY_DRAWER_GQL,
)

if TYPE_CHECKING:
    from .agent_changes import AgentChanges
    from .assign import Assign
    from .base_model import UnsetType
    from .cancel import Cancel
    from .ensure_agent import EnsureAgent
    from .enumerate_agents import EnumerateAgents
    from .enumerate_hashes import EnumerateHashes
    from .enumerate_nodes import EnumerateNodes
    from .find_task import FindTask
    from .implement_agent import ImplementAgent
    from .implementations import Implementations
    from .input_types import (
        ActionFilter,
        AgentInput,
        AssignInput,
        CancelInput,
        ImplementAgentInput,
        InterruptInput,
        OffsetPaginationInput,
        PauseInput,
        ResumeInput,
        ShelveInMemoryDrawerInput,
        TaskFilter,
        UnshelveMemoryDrawerInput,
    )
    from .interrupt import Interrupt
    from .list_agents import ListAgents
    from .list_tasks import ListTasks
    from .my_tasks import MyTasks
    from .pause import Pause
    from .resume import Resume
    from .shelve_in_memory_drawer import ShelveInMemoryDrawer
    from .task_events import TaskEvents
    from .unshelve_memory_drawer import UnshelveMemoryDrawer


def gql(q: str) -> str:
    return q


class Client(AsyncBaseClient):
    async def enumerate_nodes(
        self,
        filters: Union[Optional["ActionFilter"], "UnsetType"] = UNSET,
        pagination: Union[Optional["OffsetPaginationInput"], "UnsetType"] = UNSET,
        **kwargs: Any,
    ) -> "EnumerateNodes":
        from .enumerate_nodes import EnumerateNodes

        variables: dict[str, object] = {"filters": filters, "pagination": pagination}
        response = await self.execute(
            query=ENUMERATE_NODES_GQL,
            operation_name="EnumerateNodes",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return EnumerateNodes.model_validate(data)

    async def enumerate_hashes(
        self,
        filters: Union[Optional["ActionFilter"], "UnsetType"] = UNSET,
        pagination: Union[Optional["OffsetPaginationInput"], "UnsetType"] = UNSET,
        **kwargs: Any,
    ) -> "EnumerateHashes":
        from .enumerate_hashes import EnumerateHashes

        variables: dict[str, object] = {"filters": filters, "pagination": pagination}
        response = await self.execute(
            query=ENUMERATE_HASHES_GQL,
            operation_name="EnumerateHashes",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return EnumerateHashes.model_validate(data)

    async def implementations(self, action: str, **kwargs: Any) -> "Implementations":
        from .implementations import Implementations

        variables: dict[str, object] = {"action": action}
        response = await self.execute(
            query=IMPLEMENTATIONS_GQL,
            operation_name="Implementations",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return Implementations.model_validate(data)

    async def assign(self, input: "AssignInput", **kwargs: Any) -> "Assign":
        from .assign import Assign

        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=ASSIGN_GQL, operation_name="Assign", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Assign.model_validate(data)

    async def cancel(self, input: "CancelInput", **kwargs: Any) -> "Cancel":
        from .cancel import Cancel

        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=CANCEL_GQL, operation_name="Cancel", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Cancel.model_validate(data)

    async def interrupt(self, input: "InterruptInput", **kwargs: Any) -> "Interrupt":
        from .interrupt import Interrupt

        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=INTERRUPT_GQL,
            operation_name="Interrupt",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return Interrupt.model_validate(data)

    async def pause(self, input: "PauseInput", **kwargs: Any) -> "Pause":
        from .pause import Pause

        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=PAUSE_GQL, operation_name="Pause", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Pause.model_validate(data)

    async def resume(self, input: "ResumeInput", **kwargs: Any) -> "Resume":
        from .resume import Resume

        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=RESUME_GQL, operation_name="Resume", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Resume.model_validate(data)

    async def task_events(
        self,
        id: str,
        pagination: Union[Optional["OffsetPaginationInput"], "UnsetType"] = UNSET,
        **kwargs: Any,
    ) -> "TaskEvents":
        from .task_events import TaskEvents

        variables: dict[str, object] = {"id": id, "pagination": pagination}
        response = await self.execute(
            query=TASK_EVENTS_GQL,
            operation_name="TaskEvents",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return TaskEvents.model_validate(data)

    async def find_task(self, reference: str, **kwargs: Any) -> "FindTask":
        from .find_task import FindTask

        variables: dict[str, object] = {"reference": reference}
        response = await self.execute(
            query=FIND_TASK_GQL,
            operation_name="FindTask",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return FindTask.model_validate(data)

    async def my_tasks(self, **kwargs: Any) -> AsyncIterator["MyTasks"]:
        from .my_tasks import MyTasks

        variables: dict[str, object] = {}
        async for data in self.execute_ws(
            query=MY_TASKS_GQL, operation_name="MyTasks", variables=variables, **kwargs
        ):
            yield MyTasks.model_validate(data)

    async def agent_changes(self, **kwargs: Any) -> AsyncIterator["AgentChanges"]:
        from .agent_changes import AgentChanges

        variables: dict[str, object] = {}
        async for data in self.execute_ws(
            query=AGENT_CHANGES_GQL,
            operation_name="AgentChanges",
            variables=variables,
            **kwargs,
        ):
            yield AgentChanges.model_validate(data)

    async def ensure_agent(self, input: "AgentInput", **kwargs: Any) -> "EnsureAgent":
        from .ensure_agent import EnsureAgent

        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=ENSURE_AGENT_GQL,
            operation_name="EnsureAgent",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return EnsureAgent.model_validate(data)

    async def implement_agent(
        self, input: "ImplementAgentInput", **kwargs: Any
    ) -> "ImplementAgent":
        from .implement_agent import ImplementAgent

        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=IMPLEMENT_AGENT_GQL,
            operation_name="ImplementAgent",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ImplementAgent.model_validate(data)

    async def shelve_in_memory_drawer(
        self, input: "ShelveInMemoryDrawerInput", **kwargs: Any
    ) -> "ShelveInMemoryDrawer":
        from .shelve_in_memory_drawer import ShelveInMemoryDrawer

        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=SHELVE_IN_MEMORY_DRAWER_GQL,
            operation_name="ShelveInMemoryDrawer",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ShelveInMemoryDrawer.model_validate(data)

    async def unshelve_memory_drawer(
        self, input: "UnshelveMemoryDrawerInput", **kwargs: Any
    ) -> "UnshelveMemoryDrawer":
        from .unshelve_memory_drawer import UnshelveMemoryDrawer

        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=UNSHELVE_MEMORY_DRAWER_GQL,
            operation_name="UnshelveMemoryDrawer",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UnshelveMemoryDrawer.model_validate(data)

    async def enumerate_agents(self, name: str, **kwargs: Any) -> "EnumerateAgents":
        from .enumerate_agents import EnumerateAgents

        variables: dict[str, object] = {"name": name}
        response = await self.execute(
            query=ENUMERATE_AGENTS_GQL,
            operation_name="EnumerateAgents",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return EnumerateAgents.model_validate(data)

    async def list_agents(
        self,
        pagination: Union[Optional["OffsetPaginationInput"], "UnsetType"] = UNSET,
        **kwargs: Any,
    ) -> "ListAgents":
        from .list_agents import ListAgents

        variables: dict[str, object] = {"pagination": pagination}
        response = await self.execute(
            query=LIST_AGENTS_GQL,
            operation_name="ListAgents",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ListAgents.model_validate(data)

    async def list_tasks(
        self,
        filters: Union[Optional["TaskFilter"], "UnsetType"] = UNSET,
        pagination: Union[Optional["OffsetPaginationInput"], "UnsetType"] = UNSET,
        **kwargs: Any,
    ) -> "ListTasks":
        from .list_tasks import ListTasks

        variables: dict[str, object] = {"filters": filters, "pagination": pagination}
        response = await self.execute(
            query=LIST_TASKS_GQL,
            operation_name="ListTasks",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ListTasks.model_validate(data)
