"""One address, three URLs; what is no address is refused in one line that shows no secret."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.wire.endpoint import Endpoint


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://127.0.0.1:8000/graphql", "http://127.0.0.1:8000"),
        ("http://127.0.0.1:8000/graphql/", "http://127.0.0.1:8000"),
        ("https://lab.example/rekuest", "https://lab.example/rekuest"),
        ("https://lab.example/rekuest/graphql", "https://lab.example/rekuest"),
        ("https://lab.example/rekuest//graphql", "https://lab.example/rekuest"),
        ("https://lab.example/mygraphql", "https://lab.example/mygraphql"),
        ("https://lab.example/graphql?query={a}#b", "https://lab.example"),
        ("HTTP://Lab.Example", "http://Lab.Example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("  http://lab\n", "http://lab"),
    ],
)
def test_the_base_of_what_a_user_gives(url: str, base: str) -> None:
    assert Endpoint.parse(url).base == base


@pytest.mark.parametrize(("scheme", "socket"), [("http", "ws"), ("https", "wss")])
def test_what_hangs_below_it(scheme: str, socket: str) -> None:
    endpoint = Endpoint.parse(f"{scheme}://http.example:1/http")
    assert endpoint.graphql == f"{scheme}://http.example:1/http/graphql"
    assert endpoint.graphql_ws == f"{socket}://http.example:1/http/graphql"
    assert endpoint.agi == f"{socket}://http.example:1/http/agi"


@pytest.mark.parametrize(
    "url",
    ["", "lab", "lab:8000", "127.0.0.1:8000", "ws://lab", "file:///etc/passwd", "http://", "http://:80", "http:lab"],
)
def test_no_address(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Endpoint.parse(url)
    assert str(caught.value) == f"server address {url!r}: expected something like http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://lab:port", "http://lab:99999", "http://lab:-1", "http://a\u2100b"]
)
def test_an_address_that_cannot_be_read(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Endpoint.parse(url)
    assert str(caught.value).startswith(f"server address {url!r}: ")


@pytest.mark.parametrize(
    "url",
    [
        "http://me:secret@lab",
        "http://secret@lab",
        "http://:secret@lab",
        "http://me:secret@lab:port",
        "http://me:secret@[::1",
        "ftp://me:secret@lab",
        "me:secret@lab",
        "http://me:secret@",
    ],
)
def test_credentials_are_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match="leave credentials out, give the token apart") as caught:
        Endpoint.parse(url)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caught.value)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("[::1]", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
    ],
)
def test_only_this_machine(host: str, expected: bool) -> None:
    assert Endpoint.parse(f"http://{host}:8000/graphql").is_loopback is expected


pieces = st.sampled_from(["http", "https", "ftp", ":", "//", "/", "lab", "[::1]", "[", "]", "80", "graphql", "?", "#"])


@given(st.text(max_size=20) | st.lists(pieces, max_size=12).map("".join))
def test_anything_is_an_address_or_none(url: str) -> None:
    with suppress(ConfigurationError):
        endpoint = Endpoint.parse(url)
        assert Endpoint.parse(endpoint.graphql) == endpoint


@given(st.lists(pieces, max_size=6).map("".join))
def test_its_own_urls_lead_back_to_it(rest: str) -> None:
    with suppress(ConfigurationError):
        endpoint = Endpoint.parse(f"http://lab/{rest}")
        assert endpoint.graphql.startswith("http://lab/")
        assert Endpoint.parse(endpoint.graphql) == endpoint
