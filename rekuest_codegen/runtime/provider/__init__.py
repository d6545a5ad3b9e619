"""The provider's side: what an app declares, the agent that offers it to a server, and the tasks that it runs."""
