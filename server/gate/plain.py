"""Most queries hold no word that matters here, and need not be cut into tokens to be let in."""

import re
from typing import Final, Literal, get_args

from xingtu.server.gate.shape import is_small

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

FORMS: Final[dict[str, Form]] = {form: form for form in get_args(Form)}
VOLATILE: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})

# Also within longer words, strings and comments; a backslash may be a part of any word.
_TELLING: Final = ("SERVICE", "FROM", "\\", *sorted(VOLATILE))

_SPACE: Final = r"[ \t\r\n]*+(?:\#[^\r\n]*+[ \t\r\n]*+)*+"  # with comments
_IRI: Final = r"<[^\x00-\x20<>\"{}|^`\\]++>"
_PREFIX: Final = rf"PREFIX[ \t\r\n]{_SPACE}[A-Z0-9_-]*+:{_SPACE}{_IRI}{_SPACE}"
_OPENING: Final = re.compile(rf"{_SPACE}(?:{_PREFIX})*+({'|'.join(FORMS)})(?=[ \t\r\n#?*({{<])")


def find_plain_form(text: str) -> Form | None:
    """Tell the form of a query whose opening is plain, and that holds nothing that matters.

    Returns:
        The form. None if it may ask other endpoints, name graphs, or answer differently each time,
        or if it must be looked at closely for any other reason.
    """
    capitals = text.upper()
    if not is_small(text) or any(map(capitals.__contains__, _TELLING)):
        return None
    opening = _OPENING.match(capitals)
    return None if opening is None else FORMS[opening[1]]
