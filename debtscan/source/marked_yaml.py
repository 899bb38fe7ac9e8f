"""YAML as a tree of nodes that know their lines, safe to read from anywhere.

Only libyaml's events are used: no tag is resolved, no alias is expanded, nothing recurses. Values stay the text that
was written (`on`, `1.10` and `3.9` are what they look like). An alias is the very node it names (an unknown one is
null), so a reader that walks everything must bound itself; readers here ask for paths.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml
from msgspec import Struct

MAX_CHARACTERS = 5_000_000
MAX_DEPTH = 60


class Node(Struct, gc=False):
    """A scalar, a list or a mapping; `line` counts from 1."""

    line: int
    text: str | None = None
    """Of a scalar, as written without its quotes; None for lists and mappings."""
    items: list[Node] | None = None
    entries: list[tuple[Node, Node]] | None = None
    """Keys and values of a mapping in order."""
    quoted: bool = False
    block: bool = False
    """A scalar after `|` or `>`: its text begins on the next line."""

    def get(self, *keys: str) -> Node | None:
        """The node under a path of keys; None where there is none or something on the way is no mapping."""
        node: Node | None = self
        for key in keys:
            node = next((value for name, value in (node.entries if node else None) or () if name.text == key), None)
        return node

    def children(self) -> list[Node]:
        """The items of a list; nothing for other nodes."""
        return self.items or []

    def pairs(self) -> Iterator[tuple[str, Node]]:
        """Keys that are scalars, with their values; nothing for other nodes."""
        return ((key.text, value) for key, value in self.entries or () if key.text is not None)

    @property
    def is_null(self) -> bool:
        return self.text is not None and not self.quoted and self.text in {"", "~", "null", "Null", "NULL"}


def read_yaml(text: str) -> list[Node]:
    """The documents of a YAML text.

    Raises ValueError with a sentence, and the line where there is one, for text that is no YAML, too long or too deep.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"{len(text):,} characters of YAML, more than the {MAX_CHARACTERS:,} that are read")
    documents: list[Node] = []
    try:
        _build(yaml.parse(text, Loader=yaml.CSafeLoader), documents)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        where = f"line {line}: " if line else ""
        raise ValueError(f"not YAML: {where}{error.problem}") from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise ValueError(f"not YAML: {error}") from error
    return documents


def _build(events: Iterator[yaml.Event], documents: list[Node]) -> None:
    """Put events together; `open_nodes` holds the collections not yet closed, with the key that waits for a value."""
    open_nodes: list[tuple[Node, list[Node]]] = []
    anchors: dict[str, Node] = {}
    for event in events:
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            open_nodes.pop()
            continue
        if isinstance(event, yaml.DocumentStartEvent):
            anchors.clear()
            continue
        made = _node(event, anchors)
        if made is None:
            continue
        _attach(made, open_nodes, documents)
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            open_nodes.append((made, []))
            if len(open_nodes) > MAX_DEPTH:
                raise ValueError(f"YAML nested more than {MAX_DEPTH} levels deep")


def _node(event: yaml.Event, anchors: dict[str, Node]) -> Node | None:
    if not isinstance(event, yaml.NodeEvent):
        return None
    node = Node(event.start_mark.line + 1 if event.start_mark else 1)
    if isinstance(event, yaml.AliasEvent):
        node.text = ""
        return anchors.get(event.anchor or "", node)
    if isinstance(event, yaml.ScalarEvent):
        node.text = event.value
        node.quoted = bool(event.style)
        node.block = event.style in {"|", ">"}
    elif isinstance(event, yaml.SequenceStartEvent):
        node.items = []
    else:
        node.entries = []
    if event.anchor:
        anchors[event.anchor] = node
    return node


def _attach(node: Node, open_nodes: list[tuple[Node, list[Node]]], documents: list[Node]) -> None:
    if not open_nodes:
        documents.append(node)
        return
    parent, waiting = open_nodes[-1]
    if parent.items is not None:
        parent.items.append(node)
    elif waiting:
        assert parent.entries is not None
        parent.entries.append((waiting.pop(), node))
    else:
        waiting.append(node)
