"""The caller's side: a client, calls that wait and calls that do not, handles of what runs, and many calls at once."""
