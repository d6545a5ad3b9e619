"""Which functions of a file are registered, and which classes it declares.

A walk over the statements, with the scope of each at hand: decorated functions and methods, ``register(function)``
calls, declarations made away from their class. What registers in a way that only running the code could show (loops,
factories, lambdas, partials) is a finding.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from rekuest_codegen.scan.apps import MadeApp, app_member, app_of_call, made_app, makes_app
from rekuest_codegen.scan.classes import Decorator, decorators_of, method
from rekuest_codegen.scan.constants import Folder
from rekuest_codegen.scan.declarations import DECLARING, Declarations
from rekuest_codegen.scan.excluding import exclude_each_other
from rekuest_codegen.scan.modules import Known, Missing, Modules, Object
from rekuest_codegen.scan.places import Findings, Problem
from rekuest_codegen.scan.scopes import Assigned, Defined, Opaque, Scope, function_scope
from rekuest_codegen.scan.source import Source
from rekuest_codegen.scan.statements import own_expressions, parts
from rekuest_codegen.scan.trees import Function
from rekuest_codegen.scan.wrapping import returned_names

WORKFLOWS = frozenset(["workflow", "register_workflow"])
REGISTERING = frozenset(["register", "register_func", "register_action"]) | WORKFLOWS
STATIC = "builtins.staticmethod"
CLASS = "builtins.classmethod"


class Registration(Struct, frozen=True, eq=False):
    """A function and the call that registers it. ``bound`` when its first parameter is given already.

    ``app`` is the app it is registered with, when that can be read; ``bare`` when it names none. ``may_call`` when
    it may call other nodes: by the word that registers it, or since none does.
    """

    function: Object
    call: ast.Call | None
    scope: Scope
    bound: bool
    app: MadeApp | None = None
    bare: bool = False
    may_call: bool = False


class Registrations:
    """Finds registrations; ``findings`` gets what cannot be read."""

    def __init__(self, modules: Modules, folder: Folder, declarations: Declarations, findings: Findings) -> None:
        self._modules = modules
        self._folder = folder
        self._declarations = declarations
        self._findings = findings

    def declare(self, source: Source) -> None:
        """Note the declarations ``source`` makes away from the classes they are about."""
        for scope, statement, _, call, _ in source.statements:
            try:
                if isinstance(statement, ast.ClassDef):
                    self._declarations.of(Object(scope, statement.name, statement))
                elif isinstance(statement, Function):
                    function = Object(scope, statement.name, statement)
                    for decorator in decorators_of(self._modules, scope, statement):
                        word = app_member(self._modules, scope, decorator.expression)
                        if word in ("structure", "service"):
                            self._declarations.add_function(word, function, decorator.call)
                elif call is not None:
                    word = app_member(self._modules, scope, call.func)
                    if word in DECLARING:
                        self._declarations.add_call(word, scope, call)
            except Problem as problem:
                self._findings.problem(problem.at(source, statement))

    def registered(self, source: Source) -> Iterator[Registration]:
        """The registrations ``source`` makes, in the order written."""
        for scope, statement, in_loop, call, mentions in source.statements:
            if isinstance(statement, Function | ast.ClassDef):
                yield from self._decorated(scope, statement, in_loop)
                continue
            if call is not None:
                yield from self._call(scope, call, in_loop)
            for expression in own_expressions(statement) if mentions else ():
                if source.mentions(expression):
                    yield from self._within(scope, expression, in_loop, first=expression is call)

    def apps(self, source: Source) -> Iterator[MadeApp]:
        """The apps that ``source`` makes and gives a name to."""
        _ = source.statements  # a scope is known once its statements were walked
        for scope in [source.scope, *source.scopes.values()]:
            for binding in (binding for bindings in scope.names.values() for binding in bindings):
                made = binding.value if isinstance(binding, Assigned) else None
                made = binding.entered if isinstance(binding, Opaque) else made
                if isinstance(made, ast.Call) and makes_app(self._modules, scope, made):
                    yield app_of_call(self._folder, scope, made)

    def public_functions(self, source: Source) -> Iterator[Registration]:
        """Every public function of the module, and what its public names are bound to when that is a method."""
        scope = source.scope
        for name, bindings in scope.names.items():
            binding = bindings[-1]
            if name.startswith("_"):
                continue
            if isinstance(binding, Defined) and isinstance(binding.node, Function):
                yield Registration(Object(scope, name, binding.node), None, scope, False, may_call=True)
            elif isinstance(binding, Assigned) and binding.value is not None:
                yield from self._public_name(scope, binding.value)

    def _public_name(self, scope: Scope, value: ast.expr) -> Iterator[Registration]:
        if isinstance(value, ast.Attribute):
            try:
                function, bound = self.function_of(scope, value)
            except Problem:
                return
            if function.scope.kind == "class":
                yield Registration(function, None, scope, bound, may_call=True)
        elif isinstance(value, ast.Call) and self._makes_function(scope, value):
            text = scope.source.shown(value)
            self._findings.problem(self._unreadable(scope, value, text).at(scope.source, value))

    def _makes_function(self, scope: Scope, call: ast.Call) -> bool:
        maker = self._modules.resolve(scope, call.func)
        if isinstance(maker, Known):
            return maker.name == "functools.partial"
        if not isinstance(maker, Object) or not isinstance(maker.node, Function):
            return False
        inner = function_scope(maker.scope, maker.node)
        return any(
            isinstance(binding := inner.binding(name), Defined) and isinstance(binding.node, Function)
            for name in returned_names(maker.node)
        )

    def _decorated(self, scope: Scope, node: Function | ast.ClassDef, in_loop: bool) -> Iterator[Registration]:
        for decorator in decorators_of(self._modules, scope, node):
            made = self._made_decorator(scope, decorator)
            if made is None:
                continue
            where, call, register = made
            if call is not None and call.args:
                text = f"{node.name}: register takes its options by name, as in register(name=...)"
                self._findings.add("bad-option", text, source=where.source, node=call.args[0])
                continue
            if isinstance(node, ast.ClassDef):
                text = f"{node.name} is a class; register its methods, or an instance's: register(instance.method)"
                self._findings.add("not-a-function", text, source=scope.source, node=node)
            elif in_loop:
                text = f"{node.name} is registered in a loop; only running it would show how often and as what"
                self._findings.add("computed-registration", text, source=scope.source, node=node)
            else:
                bound = scope.kind == "class" and not self._is_static(scope, node)
                function = Object(scope, node.name, node)
                yield self._registration(function, call, where, bound, register)

    def _made_decorator(self, scope: Scope, decorator: Decorator) -> tuple[Scope, ast.Call | None, ast.expr] | None:
        """The call with the options of a decorator that registers, its scope, and what registers; None of others."""
        if self._registers(scope, decorator.expression):
            return scope, decorator.call, decorator.expression
        made = decorator.target
        if not isinstance(made, Object) or not isinstance(made.node, ast.Call) or decorator.call is not None:
            return None
        if not self._registers(made.scope, made.node.func) or not made.scope.is_constant(made.name):
            return None
        return made.scope, made.node, made.node.func

    def _is_static(self, scope: Scope, node: Function) -> bool:
        return any(
            isinstance(decorator.target, Known) and decorator.target.name == STATIC
            for decorator in decorators_of(self._modules, scope, node)
        )

    def _within(
        self, scope: Scope, expression: ast.expr, in_loop: bool, *, first: bool = False, argument: bool = False
    ) -> Iterator[Registration]:
        """The registrations in an expression, except by itself when it was seen ``first``; what hides one is told."""
        if isinstance(expression, ast.Call) and not first:
            yield from self._call(scope, expression, in_loop)
        if argument and self._registers(scope, expression):
            text = f"`{scope.source.shown(expression)}` is handed on, so only running would show what it registers"
            self._findings.add(
                "computed-registration", f"{text}; write it above each def", source=scope.source, node=expression
            )
        for part, late in parts(expression, in_loop):
            is_argument = isinstance(expression, ast.Call) and part is not expression.func
            yield from self._within(scope, part, late, argument=is_argument)

    def _registers(self, scope: Scope, expression: ast.expr) -> bool:
        return app_member(self._modules, scope, expression) in REGISTERING

    def _call(self, scope: Scope, call: ast.Call, in_loop: bool) -> Iterator[Registration]:
        """What ``register(function)`` registers, or ``register(name="F")(function)``."""
        if self._registers(scope, call.func):
            yield from self._called(scope, call, call, in_loop)
        elif isinstance(call.func, ast.Call) and self._registers(scope, call.func.func):
            yield from self._called(scope, call, call.func, in_loop)

    def _called(self, scope: Scope, call: ast.Call, options: ast.Call, in_loop: bool) -> Iterator[Registration]:
        what = next((argument for argument in call.args if not isinstance(argument, ast.Starred)), None)
        if what is None:
            if any(isinstance(argument, ast.Starred) for argument in call.args):
                message = f"`{scope.source.shown(call)}` unpacks what it registers; name the function"
                self._findings.add("computed-registration", message, source=scope.source, node=call)
            return
        text = scope.source.shown(what)
        if in_loop:
            message = f"`{text}` is registered in a loop; only running it would show how often and as what"
            self._findings.add("computed-registration", message, source=scope.source, node=call)
            return
        try:
            function, bound = self._bound_before(scope, what, call) or self.function_of(scope, what)
        except Problem as problem:
            self._findings.problem(problem.at(scope.source, what))
            return
        yield self._registration(function, options, scope, bound, options.func)

    def _registration(
        self, function: Object, call: ast.Call | None, scope: Scope, bound: bool, register: ast.expr
    ) -> Registration:
        app = made_app(self._modules, self._folder, scope, register)
        target = self._modules.resolve(scope, register) if app is None else None
        may_call = app_member(self._modules, scope, register) in WORKFLOWS
        return Registration(function, call, scope, bound, app, isinstance(target, Known), may_call)

    def _bound_before(self, scope: Scope, what: ast.expr, call: ast.Call) -> tuple[Object, bool] | None:
        """Of several functions by one name, the one that has it where the call is."""
        bindings = scope.every_binding(what.id) if isinstance(what, ast.Name) else []
        if not isinstance(what, ast.Name) or len(bindings) < 2:
            return None
        before = [
            binding.node
            for binding in bindings
            if isinstance(binding, Defined)
            and binding.node.lineno < call.lineno
            and not exclude_each_other(scope.source.tree, binding.node, call)
        ]
        last = max(before, key=lambda node: node.lineno, default=None)
        return (Object(scope, what.id, last), False) if isinstance(last, Function) else None

    def function_of(self, scope: Scope, what: ast.expr) -> tuple[Object, bool]:
        """The function an expression names, and whether its first parameter is given already.

        Raises:
            Problem: it is computed; the message says how to write it instead.
        """
        text = scope.source.shown(what)
        target = self._modules.resolve(scope, what) if isinstance(what, ast.Name | ast.Attribute) else None
        if isinstance(target, Object) and isinstance(target.node, Function):
            if target.scope.kind != "class":
                return target, False
            if not self._is_static(target.scope, target.node):
                return target, self._is_classmethod(target.scope, target.node)
            return target, False
        if isinstance(what, ast.Attribute) and (found := self._method(scope, what)) is not None:
            return found, not (isinstance(found.node, Function) and self._is_static(found.scope, found.node))
        if isinstance(target, Object) and isinstance(target.node, ast.Call | ast.Lambda):
            raise self._unreadable(target.scope, target.node, text)
        if isinstance(target, Object) and isinstance(target.node, ast.expr):
            return self.function_of(target.scope, target.node) if target.node is not what else self._refuse(text)
        if isinstance(what, ast.Call | ast.Lambda):
            raise self._unreadable(scope, what, text)
        if isinstance(target, Missing):
            raise Problem("unresolved-name", f"{target.name} {target.reason}; register a function where it is defined")
        return self._refuse(text)

    def _refuse(self, text: str) -> tuple[Object, bool]:
        raise Problem("not-a-function", f"`{text}` is no function whose source can be read")

    def _is_classmethod(self, scope: Scope, node: Function) -> bool:
        return any(
            isinstance(decorator.target, Known) and decorator.target.name == CLASS
            for decorator in decorators_of(self._modules, scope, node)
        )

    def _method(self, scope: Scope, what: ast.Attribute) -> Object | None:
        """``Controller().acquire``, or ``controller.acquire`` where ``controller = Controller()``."""
        maker: ast.expr | None = what.value
        where = scope
        if isinstance(maker, ast.Name | ast.Attribute):
            instance = self._modules.resolve(scope, maker)
            if not isinstance(instance, Object) or not isinstance(instance.node, ast.Call):
                return None
            where, maker = instance.scope, instance.node
        if not isinstance(maker, ast.Call):
            return None
        cls = self._modules.resolve(where, maker.func)
        if not isinstance(cls, Object) or not isinstance(cls.node, ast.ClassDef):
            return None
        found = method(self._modules, cls, what.attr)
        return found if found is not None and isinstance(found.node, Function) else None

    def _unreadable(self, scope: Scope, node: ast.Call | ast.Lambda, text: str) -> Problem:
        if isinstance(node, ast.Lambda):
            return Problem("not-a-function", f"`{text}` is a lambda, which has no annotations; write a def")
        maker = self._modules.resolve(scope, node.func)
        if isinstance(maker, Known) and maker.name == "functools.partial":
            return Problem(
                "partial-function",
                f"`{text}` is a functools.partial; write a function with the parameters that are left",
            )
        return Problem(
            "computed-registration",
            f"`{text}` is made when the code runs, so its signature cannot be read; write it as a def",
        )
