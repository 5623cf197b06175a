"""The words of SPARQL, cut exactly where pyoxigraph 0.5.13 cuts them.

Its grammar has no tokens: keywords need no space around them (`trueSERVICE?x{}`), and a rule that
fails gives its text back to other rules. So this differs from SPARQL 1.1 §19.8 where pyoxigraph
does: a local name has one dot inside at most, no name has a character beyond the BMP, and a string
with an invalid escape is no string. Every repetition is possessive: reading takes linear time.
"""

import re
from typing import Final

# Classes of characters as the grammar names them: PN_CHARS_BASE, what VARNAME and PN_CHARS have
# besides, PN_CHARS.
_BASE: Final = (
    r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    r"\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
_MARKS: Final = r"\u00b7\u0300-\u036f\u203f-\u2040"
_CHARS: Final = rf"{_BASE}_0-9{_MARKS}-"

_CODEPOINT: Final = (  # not of surrogates, which are no characters
    r"(?:\\u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}"
    r"|\\U00(?:10|0[1-9A-Fa-f]|00(?![Dd][89A-Fa-f]))[0-9A-Fa-f]{4})"
)
_ESCAPE: Final = rf"(?:\\[tbnrf\"'\\]|{_CODEPOINT})"
_IRI: Final = r"[^\x00-\x20<>\"{}|^`\\]"
_LOCAL: Final = rf"(?:[:{_CHARS}]++|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])++"
_NAME: Final = rf":(?:(?![{_MARKS}-]){_LOCAL}(?:\.++{_LOCAL})?+)?+"

# Each alternative begins with one character, or one of a class: so the next is soon at hand.
_TOKEN: Final = re.compile(
    rf"""
    [ \t\r\n]*+(?:\#[^\r\n]*+[ \t\r\n]*+)*+  # white space and comments
    (
      [(\[\]}},;=+*/~-]
    | [?$](?:[{_BASE}_0-9][{_BASE}_0-9{_MARKS}]*+)?+  # a variable, or a mark of paths
    | [{_BASE}][{_CHARS}]*+(?:\.++[{_CHARS}]++)*+(?:{_NAME})?+ | {_NAME}  # a word, or a name
    | \.(?:[0-9]++(?:[Ee][+-]?+[0-9]++)?+)?+
    | [0-9]++(?:\.[0-9]*+[Ee][+-]?+[0-9]++ | \.[0-9]++ | [Ee][+-]?+[0-9]++)?+
    | \{{\|?+ | \)(?:>>)?+
    | <(?:{_IRI}*+(?:{_CODEPOINT}{_IRI}*+)*+> | <\(?+ | =)?+  # which it is, see `shape.py`
    | "(?:""(?:[^"\\]++ | {_ESCAPE} | "{{1,2}}+(?:[^"\\] | {_ESCAPE}))*+\"""
      | (?:[^"\\\r\n]++ | {_ESCAPE})*+")?+
    | '(?:''(?:[^'\\]++ | {_ESCAPE} | '{{1,2}}+(?:[^'\\] | {_ESCAPE}))*+'''
      | (?:[^'\\\r\n]++ | {_ESCAPE})*+')?+
    | _:[{_BASE}_0-9][{_CHARS}]*+(?:\.++[{_CHARS}]++)*+  # a blank node
    | @[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+  # a language
    | \|[}}|]?+ | &&?+ | \^\^?+ | >[>=]?+ | !=?+
    | .
    | \Z
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_CODEPOINTS: Final = re.compile(_CODEPOINT)


def tokenize(text: str) -> list[str]:
    """Cut a query or an update into tokens, without white space and comments.

    Returns:
        The tokens, the last of them empty. Text that begins no token is cut into its characters.
    """
    return _TOKEN.findall(text)


def locate(text: str) -> list[tuple[int, int]]:
    """Tell where each token begins and ends."""
    return [match.span(1) for match in _TOKEN.finditer(text)]


def unescape(text: str) -> str:
    r"""Replace the escapes of codepoints, `\uXXXX` and `\UXXXXXXXX`, by what they stand for."""
    return _CODEPOINTS.sub(lambda match: chr(int(match[0][2:], 16)), text)
