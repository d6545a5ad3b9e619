"""Nodes of the app ../../etc."""

# ruff: noqa: E741, E742, E743

import typing as _t

from rekuest_codegen import runtime as _rt

__all__ = [
    "AVeryLongKeyLongerThanAnybodyWould6e6f7bArgs",
    "AaddArgs",
    "Add",
    "AddArgs_87e246",
    "AddArgs_c91691",
    "ClassArgs",
    "InitArgs",
    "PrintArgs",
    "WaitArgs",
    "aAdd",
    "a_very_long_key__longer_than_anybody_would_6e6f7b",
    "aa_very_long_key__longer_than_anybody_would_6e6f7b",
    "aaadd_",
    "aadd",
    "aadd_",
    "aclass_",
    "add",
    "ainit",
    "aprint_",
    "await_",
    "class_",
    "init",
    "print_",
    "wait_",
]


class AddArgs_87e246(_rt.Arguments):
    """Arguments of `Add`."""

    größe: str | None = "nul \x00 and escape \x1b[31m"
    画像: str | None = "nul \x00 and escape \x1b[31m"


_ADD_9fd728: _rt.Remote[None] = _rt.remote(
    app="../../etc",
    key="Add",
    version="1",
    hash="88c5b853660b3ccbeda2c452e8360bcd37e82c947d78fd35df33b5ffcd0d6a86",
    ports='{"args":[{"default":"nul \\u0000 and escape \\u001b[31m","key":"gr\\u00f6\\u00dfe","kind":"STRING","nullable":true},{"default":"nul \\u0000 and escape \\u001b[31m","key":"\\u753b\\u50cf","kind":"STRING","nullable":true}],"returns":[]}',
    arguments=AddArgs_87e246,
    types={},
)


def Add(
    größe: str | None = "nul \x00 and escape \x1b[31m",
    画像: str | None = "nul \x00 and escape \x1b[31m",
) -> None:
    """nul \\x00 and escape \\x1b[31m

    Args:
        größe: Text.
        画像: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_ADD_9fd728, {"größe": größe, "画像": 画像})


async def aAdd(
    größe: str | None = "nul \x00 and escape \x1b[31m",
    画像: str | None = "nul \x00 and escape \x1b[31m",
) -> None:
    """nul \\x00 and escape \\x1b[31m

    Args:
        größe: Text.
        画像: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_ADD_9fd728, {"größe": größe, "画像": 画像})


_one297b0ba734: _t.TypeAlias = str | None
_two297b0ba734: _t.TypeAlias = str | None
_thre297b0ba73: _t.TypeAlias = str | None
_four297b0ba73: _t.TypeAlias = str | None
_five297b0ba73: _t.TypeAlias = str | None
_six297b0ba734: _t.TypeAlias = str | None
_seve297b0ba73: _t.TypeAlias = str | None
_eigh297b0ba73: _t.TypeAlias = str | None


class AVeryLongKeyLongerThanAnybodyWould6e6f7bArgs(_rt.Arguments):
    """Arguments of `a_very_long_key__longer_than_anybody_would_6e6f7b`."""

    one: _one297b0ba734 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word "
    two: _two297b0ba734 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word "
    three: _thre297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word "
    four: _four297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word "
    five: _five297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word "
    six: _six297b0ba734 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word "
    seven: _seve297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word "
    eight: _eigh297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word "


_A_VERY_LONG_KEY__LONG_689d27: _rt.Remote[None] = _rt.remote(
    app="../../etc",
    key="a very long key, longer than anybody would want to have it in a module of theirs",
    version="1",
    hash="d82bb73aa0c31a1f0dfdcb36805f800685d4e1ef671d9cc99f31cd2dd34795de",
    ports='{"args":[{"default":"word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ","key":"one","kind":"STRING","nullable":true},{"default":"word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ","key":"two","kind":"STRING","nullable":true},{"default":"word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ","key":"three","kind":"STRING","nullable":true},{"default":"word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ","key":"four","kind":"STRING","nullable":true},{"default":"word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ","key":"five","kind":"STRING","nullable":true},{"default":"word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ","key":"six","kind":"STRING","nullable":true},{"default":"word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ","key":"seven","kind":"STRING","nullable":true},{"default":"word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ","key":"eight","kind":"STRING","nullable":true}],"returns":[]}',
    arguments=AVeryLongKeyLongerThanAnybodyWould6e6f7bArgs,
    types={},
    awaited="aa_very_long_key__longer_than_anybody_would_6e6f7b",
)


def a_very_long_key__longer_than_anybody_would_6e6f7b(
    one: _one297b0ba734 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    two: _two297b0ba734 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    three: _thre297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    four: _four297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    five: _five297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    six: _six297b0ba734 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    seven: _seve297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    eight: _eigh297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
) -> None:
    """word word word word word word word word word word word word word word word
    word word word word word word word word word word word word word word word
    word word word word word word word word word word word word word word word
    word word word word word word word word word word word word word word word

    Args:
        one: Text.
        two: Text.
        three: Text.
        four: Text.
        five: Text.
        six: Text.
        seven: Text.
        eight: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(
        _A_VERY_LONG_KEY__LONG_689d27,
        {
            "one": one,
            "two": two,
            "three": three,
            "four": four,
            "five": five,
            "six": six,
            "seven": seven,
            "eight": eight,
        },
    )


async def aa_very_long_key__longer_than_anybody_would_6e6f7b(
    one: _one297b0ba734 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    two: _two297b0ba734 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    three: _thre297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    four: _four297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    five: _five297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    six: _six297b0ba734 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    seven: _seve297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
    eight: _eigh297b0ba73 = "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ",
) -> None:
    """word word word word word word word word word word word word word word word
    word word word word word word word word word word word word word word word
    word word word word word word word word word word word word word word word
    word word word word word word word word word word word word word word word

    Args:
        one: Text.
        two: Text.
        three: Text.
        four: Text.
        five: Text.
        six: Text.
        seven: Text.
        eight: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(
        _A_VERY_LONG_KEY__LONG_689d27,
        {
            "one": one,
            "two": two,
            "three": three,
            "four": four,
            "five": five,
            "six": six,
            "seven": seven,
            "eight": eight,
        },
    )


class AaddArgs(_rt.Arguments):
    """Arguments of `aadd_`."""

    arg_3b9e50: str | None = "bidi \u202e override"
    arg_1st: str | None = "bidi \u202e override"
    l: str | None = "bidi \u202e override"


_AADD_: _rt.Remote[None] = _rt.remote(
    app="../../etc",
    key="aadd",
    version="1",
    hash="fc642b5d00bae72450de5aaa694477c6e607f7c31edf33be6ea103b5c6a66707",
    ports='{"args":[{"default":"bidi \\u202e override","key":"\\u202e","kind":"STRING","nullable":true},{"default":"bidi \\u202e override","key":"1st","kind":"STRING","nullable":true},{"default":"bidi \\u202e override","key":"l","kind":"STRING","nullable":true}],"names":{"arg_1st":"1st","arg_3b9e50":"\\u202e"},"returns":[]}',
    arguments=AaddArgs,
    types={},
    awaited="aaadd_",
)


def aadd_(
    arg_3b9e50: str | None = "bidi \u202e override",
    arg_1st: str | None = "bidi \u202e override",
    l: str | None = "bidi \u202e override",
) -> None:
    """bidi \\u202e override

    Args:
        arg_3b9e50: Text. Travels as "\\u202e".
        arg_1st: Text. Travels as "1st".
        l: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_AADD_, {"arg_3b9e50": arg_3b9e50, "arg_1st": arg_1st, "l": l})


async def aaadd_(
    arg_3b9e50: str | None = "bidi \u202e override",
    arg_1st: str | None = "bidi \u202e override",
    l: str | None = "bidi \u202e override",
) -> None:
    """bidi \\u202e override

    Args:
        arg_3b9e50: Text. Travels as "\\u202e".
        arg_1st: Text. Travels as "1st".
        l: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_AADD_, {"arg_3b9e50": arg_3b9e50, "arg_1st": arg_1st, "l": l})


class AddArgs_c91691(_rt.Arguments):
    """Arguments of `add`."""

    int_: str | None = _rt.Field(default='ends with a quote "', validation_alias="int")
    copy_: str | None = _rt.Field(
        default='ends with a quote "',
        validation_alias="copy",
    )
    self_: str | None = _rt.Field(
        default='ends with a quote "',
        validation_alias="self",
    )


_ADD_7e9e5a: _rt.Remote[None] = _rt.remote(
    app="../../etc",
    key="add",
    version="1",
    hash="6fc2a79f1687ba9d7672bd8818dbf15610ce42095e62545f8a010f9a0d212226",
    ports='{"args":[{"default":"ends with a quote \\"","key":"int","kind":"STRING","nullable":true},{"default":"ends with a quote \\"","key":"copy","kind":"STRING","nullable":true},{"default":"ends with a quote \\"","key":"self","kind":"STRING","nullable":true}],"returns":[]}',
    arguments=AddArgs_c91691,
    types={},
)


def add(
    int: str | None = 'ends with a quote "',
    copy: str | None = 'ends with a quote "',
    self: str | None = 'ends with a quote "',
) -> None:
    """ends with a quote "

    Args:
        int: Text.
        copy: Text.
        self: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_ADD_7e9e5a, {"int": int, "copy": copy, "self": self})


async def aadd(
    int: str | None = 'ends with a quote "',
    copy: str | None = 'ends with a quote "',
    self: str | None = 'ends with a quote "',
) -> None:
    """ends with a quote "

    Args:
        int: Text.
        copy: Text.
        self: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_ADD_7e9e5a, {"int": int, "copy": copy, "self": self})


class ClassArgs(_rt.Arguments):
    """Arguments of `class_`."""

    class_: str | None = '"""\nimport os; os.system("x")\n"""'
    from_: str | None = '"""\nimport os; os.system("x")\n"""'
    private: str | None = '"""\nimport os; os.system("x")\n"""'
    init: str | None = '"""\nimport os; os.system("x")\n"""'


_CLASS_: _rt.Remote[None] = _rt.remote(
    app="../../etc",
    key="class",
    version="1",
    hash="36eb7a64938deb6f86aa7f6538a876248e73aef69219366b62279c2253d068ee",
    ports='{"args":[{"default":"\\"\\"\\"\\nimport os; os.system(\\"x\\")\\n\\"\\"\\"","key":"class","kind":"STRING","nullable":true},{"default":"\\"\\"\\"\\nimport os; os.system(\\"x\\")\\n\\"\\"\\"","key":"from","kind":"STRING","nullable":true},{"default":"\\"\\"\\"\\nimport os; os.system(\\"x\\")\\n\\"\\"\\"","key":"_private","kind":"STRING","nullable":true},{"default":"\\"\\"\\"\\nimport os; os.system(\\"x\\")\\n\\"\\"\\"","key":"__init__","kind":"STRING","nullable":true}],"names":{"class_":"class","from_":"from","init":"__init__","private":"_private"},"returns":[]}',
    arguments=ClassArgs,
    types={},
    awaited="aclass_",
)


def class_(
    class_: str | None = '"""\nimport os; os.system("x")\n"""',
    from_: str | None = '"""\nimport os; os.system("x")\n"""',
    private: str | None = '"""\nimport os; os.system("x")\n"""',
    init: str | None = '"""\nimport os; os.system("x")\n"""',
) -> None:
    """\"\""
    import os; os.system("x")
    \"\""

    Args:
        class_: Text. Travels as "class".
        from_: Text. Travels as "from".
        private: Text. Travels as "_private".
        init: Text. Travels as "__init__".

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(
        _CLASS_,
        {"class_": class_, "from_": from_, "private": private, "init": init},
    )


async def aclass_(
    class_: str | None = '"""\nimport os; os.system("x")\n"""',
    from_: str | None = '"""\nimport os; os.system("x")\n"""',
    private: str | None = '"""\nimport os; os.system("x")\n"""',
    init: str | None = '"""\nimport os; os.system("x")\n"""',
) -> None:
    """\"\""
    import os; os.system("x")
    \"\""

    Args:
        class_: Text. Travels as "class".
        from_: Text. Travels as "from".
        private: Text. Travels as "_private".
        init: Text. Travels as "__init__".

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(
        _CLASS_,
        {"class_": class_, "from_": from_, "private": private, "init": init},
    )


class InitArgs(_rt.Arguments):
    """Arguments of `init`."""

    a_b_c8687a: str | None = "back\\slash at the end \\"
    a_b_d44362: str | None = "back\\slash at the end \\"
    a_b: str | None = "back\\slash at the end \\"


_INIT: _rt.Remote[None] = _rt.remote(
    app="../../etc",
    key="__init__",
    version="1",
    hash="5b126b6db45554a86acc4e32e122632e955298c9b2deb4391847ba3fd5b57e12",
    ports='{"args":[{"default":"back\\\\slash at the end \\\\","key":"a b","kind":"STRING","nullable":true},{"default":"back\\\\slash at the end \\\\","key":"a-b","kind":"STRING","nullable":true},{"default":"back\\\\slash at the end \\\\","key":"a_b","kind":"STRING","nullable":true}],"names":{"a_b_c8687a":"a b","a_b_d44362":"a-b"},"returns":[]}',
    arguments=InitArgs,
    types={},
    awaited="ainit",
)


def init(
    a_b_c8687a: str | None = "back\\slash at the end \\",
    a_b_d44362: str | None = "back\\slash at the end \\",
    a_b: str | None = "back\\slash at the end \\",
) -> None:
    """back\\slash at the end \\

    Args:
        a_b_c8687a: Text. Travels as "a b".
        a_b_d44362: Text. Travels as "a-b".
        a_b: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_INIT, {"a_b_c8687a": a_b_c8687a, "a_b_d44362": a_b_d44362, "a_b": a_b})


async def ainit(
    a_b_c8687a: str | None = "back\\slash at the end \\",
    a_b_d44362: str | None = "back\\slash at the end \\",
    a_b: str | None = "back\\slash at the end \\",
) -> None:
    """back\\slash at the end \\

    Args:
        a_b_c8687a: Text. Travels as "a b".
        a_b_d44362: Text. Travels as "a-b".
        a_b: Text.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(
        _INIT,
        {"a_b_c8687a": a_b_c8687a, "a_b_d44362": a_b_d44362, "a_b": a_b},
    )


_xxxx297b0ba73: _t.TypeAlias = str | None


class PrintArgs(_rt.Arguments):
    """Arguments of `print_`."""

    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_c71bd1: _xxxx297b0ba73 = (
        "{{ 7 * 7 }} {% raw %}"
    )


_PRINT_: _rt.Remote[None] = _rt.remote(
    app="../../etc",
    key="print",
    version="1",
    hash="b09dbec75b89d8e505dff86e4b18646996ce73596e9d9c87cb63243ef407efc1",
    ports='{"args":[{"default":"{{ 7 * 7 }} {% raw %}","key":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","kind":"STRING","nullable":true}],"names":{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_c71bd1":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},"returns":[]}',
    arguments=PrintArgs,
    types={},
    awaited="aprint_",
)


def print_(
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_c71bd1: _xxxx297b0ba73 = "{{ 7 * 7 }} {% raw %}",
) -> None:
    """{{ 7 * 7 }} {% raw %}

    Args:
        xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_c71bd1: Text. Travels as
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx....

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(
        _PRINT_,
        {
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_c71bd1": xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_c71bd1,
        },
    )


async def aprint_(
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_c71bd1: _xxxx297b0ba73 = "{{ 7 * 7 }} {% raw %}",
) -> None:
    """{{ 7 * 7 }} {% raw %}

    Args:
        xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_c71bd1: Text. Travels as
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx....

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(
        _PRINT_,
        {
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_c71bd1": xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_c71bd1,
        },
    )


class WaitArgs(_rt.Arguments):
    """Arguments of `wait_`."""


_WAIT_: _rt.Remote[None] = _rt.remote(
    app="../../etc",
    key="wait",
    version="1",
    hash="e440a79b316673a0e77aaee75f8228c5046b4b2a036f47e7ec9a19504b90798e",
    ports='{"args":[],"returns":[]}',
    arguments=WaitArgs,
    types={},
    awaited="await_",
)


def wait_() -> None:
    """lone surrogate \\ud800

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_WAIT_, {})


async def await_() -> None:
    """lone surrogate \\ud800

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_WAIT_, {})
