"""How alike two names are, whatever the language, script or spelling of each."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

from xingtu.triples.names.normalizing import is_han, normalize

SAME_SOUND: Final = 85.0
"""The likeness of two names that only sound the same, such as 容易 and Rong Yi."""
BEST_INEXACT: Final = 90.0
"""What two names attain at most that are not the same."""
_REORDERED: Final = 0.95
_CONTAINED, _OF_LENGTH = 0.6, 0.25  # of a name in a longer one; more, the less longer that is
_OTHER_NUMBER: Final = 0.7  # Tianwen-2 is not Tianwen-3, however alike the letters are
_NUMBER: Final = re.compile(r"\S*\d\S*")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as it is compared.

    `normal` is `normalize`d, `ordered` the same with its words in alphabetical order, `sounds` are
    its readings in letters without spaces, `numbers` the words of it that have a digit.
    """

    normal: str
    ordered: str
    sounds: frozenset[str]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are: `score` from 0 to 100, which `exact` alone attains."""

    score: float
    exact: bool = False
    same_sound: bool = False
    same_numbers: bool = True


@lru_cache(8192)
def read_spelling(name: str) -> Spelling:
    """Read a name."""
    normal = normalize(name)
    tokens = normal.split()
    ordered = normal if any(map(is_han, tokens)) else " ".join(sorted(tokens))
    sounds = {_sound(normal), _sound(name)} - {""}
    return Spelling(normal, ordered, frozenset(sounds), tuple(sorted(_NUMBER.findall(normal))))


def compare(one: Spelling, other: Spelling) -> Likeness:
    """Tell how alike two names are.

    They are compared letter by letter, word by word in any order, by the words of the one in the
    other, and by their sound in pinyin; a difference of numbers weighs against them.
    """
    if one.normal == other.normal:
        return Likeness(100.0 if one.normal else 0.0, exact=bool(one.normal))
    same_sound = bool(one.sounds & other.sounds)
    ratio = fuzz.ratio(one.normal, other.normal)
    contained = _CONTAINED + _OF_LENGTH * ratio / 100
    score = max(
        SAME_SOUND if same_sound else 0.0,
        ratio,
        fuzz.ratio(one.ordered, other.ordered) * _REORDERED,
        fuzz.token_set_ratio(one.normal, other.normal) * contained,
    )
    same_numbers = one.numbers == other.numbers
    if not (same_numbers or same_sound):
        score *= _OTHER_NUMBER
    return Likeness(min(score, BEST_INEXACT), False, same_sound, same_numbers)


def _sound(name: str) -> str:
    return re.sub(r"\W", "", "".join(lazy_pinyin(name))).casefold()
