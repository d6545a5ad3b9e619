"""The agent protocol without I/O: the table of messages, the conversation, and the life of a task."""
