"""The prologue of a text, and what the names after it stand for."""

import re
from typing import Final, NamedTuple

from xingtu.server.gate.tokens import unescape

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BASE: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)([^?#]*)(\?[^#]*)?")
_HARD: Final = re.compile(r"//|(?:.*/)?\.\.?(?:[/?#]|$)")  # engines differ in these, ours included

# To such an IRI any local name can be added; after http://host:80, few can.
_EXTENSIBLE: Final = re.compile(r"[^:/?#]+:(?!//[^/?#]*$)")


class Prologue(NamedTuple):
    """The declarations before a query, or before the operations of an update.

    Attributes:
        base: The IRI against which relative IRIs are resolved.
        prefixes: The IRI of each prefix; None where we cannot tell it.
        length: The number of tokens it takes.
    """

    base: str | None
    prefixes: dict[str, str | None]
    length: int

    def resolve(self, token: str) -> str | None:
        """Tell the IRI that an IRI or a prefixed name stands for.

        Returns:
            The IRI, or None if the token is neither, or if we cannot tell.
        """
        if is_iri(token):
            return resolve(unescape(token[1:-1]), self.base)
        prefix, colon, local = token.partition(":")
        namespace = self.prefixes.get(prefix)
        if not colon or namespace is None:
            return None
        return namespace + local.replace("\\", "")

    def is_one_name(self, token: str) -> bool:
        """Tell whether the engine is sure to take all of a prefixed name as such.

        Where the whole makes no IRI, it takes the prefix, and reads on after the colon: with
        `PREFIX e: <http://x:80>`, `e:SERVICE <http://y/> {}` is the IRI `e:`, and a SERVICE.
        """
        prefix, _, local = token.partition(":")
        namespace = self.prefixes.get(prefix)
        return (
            namespace is not None
            and _EXTENSIBLE.match(namespace) is not None
            and "\\" not in local
            and max(local, default="") < "\ufff0"  # PN_CHARS goes on, what IRIs may have does not
        )


def read_prologue(tokens: list[str], base: str | None) -> Prologue:
    """Read the declarations that the tokens begin with."""
    prefixes: dict[str, str | None] = {}
    place = 0
    while keyword := tokens[place].upper():
        if keyword == "BASE" and is_iri(tokens[place + 1]):
            base = resolve(unescape(tokens[place + 1][1:-1]), base)
            place += 2
        elif keyword == "VERSION" and tokens[place + 1].startswith(("'", '"')):
            place += 2
        elif keyword.startswith("PREFIX"):
            apart = keyword == "PREFIX"  # or as one word with the prefix: PREFIX:<http://x/>
            name = tokens[place + 1] if apart else tokens[place][6:]
            if not (name.endswith(":") and is_iri(tokens[place + 1 + apart])):
                break
            prefixes[name[:-1]] = resolve(unescape(tokens[place + 1 + apart][1:-1]), base)
            place += 2 + apart
        else:
            break
    return Prologue(base, prefixes, place)


def is_iri(token: str) -> bool:
    """Tell whether a token is an IRI in angle brackets."""
    return token[:1] == "<" and token[-1:] == ">"


def resolve(reference: str, base: str | None) -> str | None:
    """Resolve an IRI reference as the engine does, which is not RFC 3986 §5.2 to the letter.

    Returns:
        The IRI, or None if the reference is relative and there is no base, or where the engine and
        the RFC may differ: `.` and `..`, a reference with `//`, a base without.
    """
    if _SCHEME.match(reference):
        return reference
    parts = _BASE.match(base or "")
    if parts is None or _HARD.match(reference):
        return None
    root, path, query = parts.groups("")
    match reference[:1]:
        case "":
            return root + path + query
        case "#":
            return root + path + query + reference
        case "?":
            return root + path + reference
        case "/":
            return root + reference
    return root + (path[: path.rfind("/") + 1] or "/") + reference
