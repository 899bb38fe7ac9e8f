"""What a pickle would build, worked out from its opcodes and never built: no name is imported, nothing is called.

Values are texts, numbers, tuples and dictionaries as the opcodes spell them, and `Made` for what a call would return.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from debtscan.artefacts.bytes import MalformedError

MAX_KEPT_TEXT = 200
"""Longest text that is kept: versions, shapes and the names of keys are short."""
_MAX_TUPLE = 64
"""Longest tuple whose items are kept: shapes and arguments are short."""


class Global(str):
    """The dotted name of something a pickle would import."""

    __slots__ = ()


class Made:
    """What calling `callee` with `arguments` would return, and the state it would be given."""

    __slots__ = ("arguments", "callee", "state")

    def __init__(self, callee: object, arguments: object) -> None:
        self.callee = callee
        self.arguments = arguments
        self.state: object = None


class Stack:
    """The stack and the memo of one pickle."""

    def __init__(self, imported: Callable[[Global], None], keyed: Callable[[str, object], None]) -> None:
        """`imported` is told each name that would be imported, `keyed` each item of a dictionary with a text as key."""
        self._imported, self._keyed = imported, keyed
        self._items: list[object] = []
        self._marks: list[list[object]] = []
        self._memo: dict[int, object] = {}

    @property
    def top(self) -> object:
        return self._items[-1] if self._items else None

    def take(self, name: str, argument: object) -> None:
        """One opcode. Raises `MalformedError` where the stack does not hold what it needs."""
        step = _STEPS.get(name)
        try:
            if step is not None:
                step(self, argument)
            elif name not in _NOTHING:
                self._items.append(_kept(argument))
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise MalformedError("its opcodes make no sense") from error

    def _pop(self) -> object:
        return self._items.pop()

    def _pop_mark(self) -> list[object]:
        items, self._items = self._items, self._marks.pop()
        return items

    def _mark(self, _: object) -> None:
        self._marks.append(self._items)
        self._items = []

    def _put(self, index: object) -> None:
        self._memo[index if isinstance(index, int) else len(self._memo)] = self._items[-1]

    def _get(self, index: object) -> None:
        if not isinstance(index, int):
            raise MalformedError("its opcodes make no sense")
        self._items.append(self._memo[index])

    def _tuple(self, items: list[object]) -> None:
        self._items.append(tuple(items[:_MAX_TUPLE]))

    def _list(self, items: list[object]) -> None:
        self._items.append(items[:_MAX_TUPLE])

    def _last(self, count: int) -> None:
        items = [self._pop() for _ in range(count)]
        self._tuple(items[::-1])

    def _dictionary(self, items: list[object]) -> None:
        self._items.append({})
        self._set_items(items)

    def _set_items(self, items: list[object]) -> None:
        target = self._items[-1]
        for key, value in zip(items[::2], items[1::2], strict=False):
            if isinstance(key, str):
                self._keyed(key, value)
                if isinstance(target, dict):
                    target[key] = value

    def _set_item(self, _: object) -> None:
        value, key = self._pop(), self._pop()
        self._set_items([key, value])

    def _global(self, written: object) -> None:
        module, _, name = str(written).partition(" ")
        self._import(module, name)

    def _stack_global(self, _: object) -> None:
        name, module = self._pop(), self._pop()
        self._import(module if isinstance(module, str) else "?", name if isinstance(name, str) else "?")

    def _import(self, module: str, name: str) -> None:
        found = Global(f"{module}.{name}"[:MAX_KEPT_TEXT])
        self._imported(found)
        self._items.append(found)

    def _reduce(self, _: object) -> None:
        arguments, callee = self._pop(), self._pop()
        self._items.append(Made(callee, arguments))

    def _new_with_names(self, _: object) -> None:
        self._pop()
        self._reduce(None)

    def _instance(self, written: object) -> None:
        arguments = self._pop_mark()
        self._global(written)
        self._items.append(Made(self._pop(), tuple(arguments[:_MAX_TUPLE])))

    def _object(self, _: object) -> None:
        callee, *arguments = self._pop_mark()
        self._items.append(Made(callee, tuple(arguments[:_MAX_TUPLE])))

    def _build(self, _: object) -> None:
        state = self._pop()
        target = self._items[-1]
        if isinstance(target, Made):
            target.state = state

    def _drop(self, _: object) -> None:
        if self._items:
            self._pop()
        else:
            self._pop_mark()

    def _persistent(self, _: object) -> None:
        self._items.append(Made("persistent", self._pop()))


def _kept(argument: object) -> object:
    if isinstance(argument, (str, bytes, bytearray)):
        return argument[:MAX_KEPT_TEXT]
    return argument


def _pushes(value: Callable[[], object]) -> Callable[[Stack, object], None]:
    return lambda stack, _: stack._items.append(value())


def _forgotten(stack: Stack, _: object) -> None:
    stack._pop_mark()


_STEPS: Mapping[str, Callable[[Stack, object], None]] = {
    "MARK": Stack._mark,
    "POP": Stack._drop,
    **dict.fromkeys(("POP_MARK", "APPENDS", "ADDITEMS"), _forgotten),
    "DUP": lambda stack, _: stack._items.append(stack._items[-1]),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"), Stack._put),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), Stack._get),
    "NONE": _pushes(lambda: None),
    "NEWTRUE": _pushes(lambda: True),
    "NEWFALSE": _pushes(lambda: False),
    "EMPTY_TUPLE": _pushes(tuple),
    "TUPLE1": lambda stack, _: stack._last(1),
    "TUPLE2": lambda stack, _: stack._last(2),
    "TUPLE3": lambda stack, _: stack._last(3),
    "TUPLE": lambda stack, _: stack._tuple(stack._pop_mark()),
    **dict.fromkeys(("EMPTY_LIST", "EMPTY_SET"), _pushes(list)),
    **dict.fromkeys(("LIST", "FROZENSET"), lambda stack, _: stack._list(stack._pop_mark())),
    "APPEND": lambda stack, _: stack._drop(None),
    "EMPTY_DICT": _pushes(dict),
    "DICT": lambda stack, _: stack._dictionary(stack._pop_mark()),
    "SETITEM": Stack._set_item,
    "SETITEMS": lambda stack, _: stack._set_items(stack._pop_mark()),
    "GLOBAL": Stack._global,
    "STACK_GLOBAL": Stack._stack_global,
    "REDUCE": Stack._reduce,
    "NEWOBJ": Stack._reduce,
    "NEWOBJ_EX": Stack._new_with_names,
    "INST": Stack._instance,
    "OBJ": Stack._object,
    "BUILD": Stack._build,
    "BINPERSID": Stack._persistent,
}
_NOTHING = frozenset({"PROTO", "FRAME", "STOP", "READONLY_BUFFER"})
