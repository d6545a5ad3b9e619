__all__ = [
    "AGENT_CHANGES_GQL",
    "ASSIGN_GQL",
    "CANCEL_GQL",
    "ENSURE_AGENT_GQL",
    "ENUMERATE_AGENTS_GQL",
    "ENUMERATE_HASHES_GQL",
    "ENUMERATE_NODES_GQL",
    "FIND_TASK_GQL",
    "IMPLEMENTATIONS_GQL",
    "IMPLEMENT_AGENT_GQL",
    "INTERRUPT_GQL",
    "LIST_AGENTS_GQL",
    "LIST_TASKS_GQL",
    "MY_TASKS_GQL",
    "PAUSE_GQL",
    "RESUME_GQL",
    "SHELVE_IN_MEMORY_DRAWER_GQL",
    "TASK_EVENTS_GQL",
    "UNSHELVE_MEMORY_DRAWER_GQL",
]

ENUMERATE_NODES_GQL = """
query EnumerateNodes($filters: ActionFilter, $pagination: OffsetPaginationInput) {
  actions(
    filters: $filters
    ordering: [{definedAt: ASC}]
    pagination: $pagination
  ) {
    id
    hash
    key
    name
    version
    kind
    description
    ...NodeFlags
    app {
      identifier
    }
    collections {
      name
    }
    protocols {
      name
    }
    isTestFor {
      hash
      key
      version
      app {
        identifier
      }
    }
    portGroups {
      key
      title
      description
      ports
      effects {
        __typename
        ...EffectFields
      }
    }
    args {
      ...ArgLevel1
    }
    returns {
      ...ReturnLevel1
    }
    implementations {
      agent {
        connected
      }
    }
  }
}

fragment ArgFields on ArgPort {
  ...ArgItem
  widget {
    ...AssignWidgetFields
  }
}

fragment ArgItem on ArgPort {
  key
  label
  kind
  description
  identifier
  nullable
  default
  referenceUnit
  proposedUnits
  dimension
  choices {
    label
    value
    image
    description
  }
  effects {
    ...EffectFields
  }
  validators {
    ...ValidatorFields
  }
  requires {
    key
    operator
    value
  }
}

fragment ArgLevel1 on ArgPort {
  ...ArgFields
  children {
    ...ArgLevel2
  }
}

fragment ArgLevel2 on ArgPort {
  ...ArgFields
  children {
    ...ArgLevel3
  }
}

fragment ArgLevel3 on ArgPort {
  ...ArgFields
  children {
    ...ArgLevel4
  }
}

fragment ArgLevel4 on ArgPort {
  ...ArgFields
  children {
    ...ArgLevel5
  }
}

fragment ArgLevel5 on ArgPort {
  ...ArgFields
  children {
    ...ArgLevel6
  }
}

fragment ArgLevel6 on ArgPort {
  ...ArgFields
  children {
    ...ArgLevel7
  }
}

fragment ArgLevel7 on ArgPort {
  ...ArgFields
  children {
    ...ArgLevel8
  }
}

fragment ArgLevel8 on ArgPort {
  ...ArgFields
  children {
    key
  }
}

fragment AssignWidgetFields on AssignWidget {
  kind
  followValue
  ... on SliderAssignWidget {
    min
    max
    step
  }
  ... on StringAssignWidget {
    placeholder
    asParagraph
  }
  ... on ChoiceAssignWidget {
    choices {
      label
      value
      image
      description
    }
  }
  ... on SearchAssignWidget {
    query
    ward
    dependencies
    filters {
      ...FilterFields
    }
  }
  ... on CustomAssignWidget {
    hook
    ward
  }
  ... on StateChoiceAssignWidget {
    statePath
    dependency
    stateAccessors {
      optionKey
      subPath
    }
  }
  ... on ProxyWidget {
    targetPort
    targetAction
    targetDependency
  }
}

fragment EffectFields on Effect {
  kind
  function
  dependencies
  ... on MessageEffect {
    message
  }
  ... on HideEffect {
    fade
  }
  ... on CustomEffect {
    hook
    ward
  }
}

fragment FilterFields on ArgPort {
  ...ArgItem
  children {
    ...ArgItem
    children {
      ...ArgItem
      children {
        key
      }
    }
  }
}

fragment NodeFlags on Action {
  stateful
  pure
  idempotent
  isDev
}

fragment ReturnDefault on ReturnPort {
  default
}

fragment ReturnFields on ReturnPort {
  key
  label
  kind
  description
  identifier
  nullable
  ...ReturnDefault
  referenceUnit
  proposedUnits
  dimension
  choices {
    label
    value
    image
    description
  }
  effects {
    ...EffectFields
  }
  provides {
    key
    operator
    value
  }
  widget {
    ...ReturnWidgetFields
  }
}

fragment ReturnLevel1 on ReturnPort {
  ...ReturnFields
  children {
    ...ReturnLevel2
  }
}

fragment ReturnLevel2 on ReturnPort {
  ...ReturnFields
  children {
    ...ReturnLevel3
  }
}

fragment ReturnLevel3 on ReturnPort {
  ...ReturnFields
  children {
    ...ReturnLevel4
  }
}

fragment ReturnLevel4 on ReturnPort {
  ...ReturnFields
  children {
    ...ReturnLevel5
  }
}

fragment ReturnLevel5 on ReturnPort {
  ...ReturnFields
  children {
    ...ReturnLevel6
  }
}

fragment ReturnLevel6 on ReturnPort {
  ...ReturnFields
  children {
    ...ReturnLevel7
  }
}

fragment ReturnLevel7 on ReturnPort {
  ...ReturnFields
  children {
    ...ReturnLevel8
  }
}

fragment ReturnLevel8 on ReturnPort {
  ...ReturnFields
  children {
    key
  }
}

fragment ReturnWidgetFields on ReturnWidget {
  kind
  ... on ChoiceReturnWidget {
    choices {
      label
      value
      image
      description
    }
  }
  ... on CustomReturnWidget {
    hook
    ward
  }
}

fragment ValidatorFields on Validator {
  function
  dependencies
  label
  errorMessage
}
"""

ENUMERATE_HASHES_GQL = """
query EnumerateHashes($filters: ActionFilter, $pagination: OffsetPaginationInput) {
  actions(
    filters: $filters
    ordering: [{definedAt: ASC}]
    pagination: $pagination
  ) {
    id
    hash
    key
    name
    version
    kind
    ...NodeFlags
    app {
      identifier
    }
    collections {
      name
    }
    protocols {
      name
    }
    portGroups {
      key
    }
    implementations {
      agent {
        connected
      }
    }
  }
}

fragment NodeFlags on Action {
  stateful
  pure
  idempotent
  isDev
}
"""

IMPLEMENTATIONS_GQL = """
query Implementations($action: ID!) {
  action(id: $action) {
    id
    implementations {
      id
      interface
      agent {
        id
        name
        connected
      }
    }
  }
}
"""

ASSIGN_GQL = """
mutation Assign($input: AssignInput!) {
  assign(input: $input) {
    id
  }
}
"""

CANCEL_GQL = """
mutation Cancel($input: CancelInput!) {
  cancel(input: $input) {
    id
  }
}
"""

INTERRUPT_GQL = """
mutation Interrupt($input: InterruptInput!) {
  interrupt(input: $input) {
    id
  }
}
"""

PAUSE_GQL = """
mutation Pause($input: PauseInput!) {
  pause(input: $input) {
    id
  }
}
"""

RESUME_GQL = """
mutation Resume($input: ResumeInput!) {
  resume(input: $input) {
    id
  }
}
"""

TASK_EVENTS_GQL = """
query TaskEvents($id: ID!, $pagination: OffsetPaginationInput) {
  task(id: $id) {
    id
    reference
    agent {
      name
    }
    events(ordering: [{createdAt: ASC}], pagination: $pagination) {
      id
      kind
      returns
      message
      progress
      createdAt
    }
  }
}
"""

FIND_TASK_GQL = """
query FindTask($reference: String!) {
  tasks(filters: {reference: $reference}) {
    id
  }
}
"""

MY_TASKS_GQL = """
subscription MyTasks {
  mytasks {
    event {
      id
      task
      kind
      returns
      message
      progress
      createdAt
    }
  }
}
"""

AGENT_CHANGES_GQL = """
subscription AgentChanges {
  agents {
    create {
      id
    }
    update {
      id
    }
    delete
  }
}
"""

ENSURE_AGENT_GQL = """
mutation EnsureAgent($input: AgentInput!) {
  ensureAgent(input: $input) {
    id
    hash
  }
}
"""

IMPLEMENT_AGENT_GQL = """
mutation ImplementAgent($input: ImplementAgentInput!) {
  implementAgent(input: $input) {
    id
    hash
  }
}
"""

SHELVE_IN_MEMORY_DRAWER_GQL = """
mutation ShelveInMemoryDrawer($input: ShelveInMemoryDrawerInput!) {
  shelveInMemoryDrawer(input: $input) {
    id
  }
}
"""

UNSHELVE_MEMORY_DRAWER_GQL = """
mutation UnshelveMemoryDrawer($input: UnshelveMemoryDrawerInput!) {
  unshelveMemoryDrawer(input: $input)
}
"""

ENUMERATE_AGENTS_GQL = """
query EnumerateAgents($name: String!) {
  agents(filters: {search: $name}) {
    id
    name
    hash
    lastSeen
    implementations {
      interface
      action {
        id
      }
    }
  }
}
"""

LIST_AGENTS_GQL = """
query ListAgents($pagination: OffsetPaginationInput) {
  agents(pagination: $pagination) {
    id
    name
    connected
    lastSeen
    app {
      identifier
    }
    implementations {
      interface
    }
  }
}
"""

LIST_TASKS_GQL = """
query ListTasks($filters: TaskFilter, $pagination: OffsetPaginationInput) {
  tasks(filters: $filters, ordering: [{createdAt: DESC}], pagination: $pagination) {
    id
    reference
    isDone
    latestEventKind
    createdAt
    finishedAt
    action {
      key
      app {
        identifier
      }
    }
    agent {
      name
    }
    parent {
      id
    }
  }
}
"""
