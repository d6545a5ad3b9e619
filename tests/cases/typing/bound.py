"""The server of a package is said by its own function, which type checkers know."""

from contextlib import AbstractContextManager
from typing import assert_type

import mynodes
from mynodes.demo import add
from rekuest_codegen import Server

server = Server("http://127.0.0.1:8000", "token")
with mynodes.using(server):
    assert_type(add(1), int)
assert_type(mynodes.using(server), AbstractContextManager[None])

mynodes.using()  # error: mypy[call-arg] pyright[reportCallIssue]
mynodes.using("http://127.0.0.1:8000")  # error: mypy[arg-type] pyright[reportArgumentType]
mynodes.usign(server)  # error: mypy[attr-defined] pyright[reportAttributeAccessIssue]
