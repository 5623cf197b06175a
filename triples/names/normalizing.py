"""Names as they are compared: CZ-10A, LM-10A and Long March 10A are one, so are 天问三号, 天问3."""

import re
import unicodedata
from itertools import accumulate
from typing import Final

from opencc import OpenCC
from pypinyin import lazy_pinyin

_SIMPLIFIED: Final = OpenCC("t2s")
_APOSTROPHES: Final = re.compile(r"['’ʼ`´]")
_NUMERAL: Final = re.compile("[零〇一二三四五六七八九十]+")
_DIGITS: Final = {numeral: str(number) for number, numeral in enumerate("零一二三四五六七八九")} | {
    "〇": "0"
}
_VARIANT: Final = str.maketrans("甲乙丙丁戊", "abcde")
_FAMILY: Final = re.compile(r"\b(?:cz|lm|long\s*march|chang\s*zheng)\b(?=\s*\d)")
_HAN: Final = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_LONGEST_RUN: Final = 64  # characters; the tails of a run grow with its square
_HAN_RUN: Final = re.compile(_HAN.pattern + "+")


def normalize(name: str) -> str:
    """Write a name as tokens between single spaces: words, numbers, single Han characters.

    Case, diacritics, apostrophes and punctuation go; traditional characters become simplified,
    Chinese numerals digits, so that 天問三號, 天问三号 and 天问3 are the same; every spelling of
    Long March before a number becomes that one.
    """
    text = _SIMPLIFIED.convert(_APOSTROPHES.sub("", name))
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFKC", "".join(c for c in text if not unicodedata.combining(c)))
    text = _NUMERAL.sub(lambda match: _read_numeral(match[0]), text)
    text = re.sub(r"(\d)号", r"\1", text)
    text = re.sub(
        r"(\d)([甲乙丙丁戊])", lambda match: match[1] + match[2].translate(_VARIANT), text
    )
    text = _HAN.sub(lambda match: f" {match[0]} ", text)
    text = re.sub(r"[\W_]+", " ", text)
    text = re.sub(r"(?<=[a-z])(?=\d)", " ", text)
    text = _FAMILY.sub("long march", text)
    return " ".join(text.split())


def raw_tokens(name: str) -> str:
    """Write a name as tokens without any reading of designators, so that `CZ` finds CZ-10A."""
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name).casefold()))


def spell(name: str) -> str:
    """Write the Han characters of a name in pinyin, without tones.

    Returns:
        For each run of Han characters its syllables, the syllables run together from each of them
        on, and likewise their initials: for 嫦娥 `chang e change e ce`.
    """
    tokens: list[str] = []
    unnumbered = _NUMERAL.sub(" ", name).replace("号", " ")
    for run in dict.fromkeys(_HAN_RUN.findall(f"{unnumbered} {name}")):
        syllables = lazy_pinyin(run[:_LONGEST_RUN])
        initials = [syllable[0] for syllable in syllables]
        tokens += [*syllables, *_tails(syllables), *_tails(initials)[:-1]]
    return " ".join(dict.fromkeys(tokens))


def _tails(parts: list[str]) -> list[str]:
    """Join the parts from the first on, from the second on, and so forth."""
    return [*accumulate(reversed(parts), lambda tail, head: head + tail)][::-1]


def is_han(token: str) -> bool:
    """Tell whether a token is a Han character."""
    return bool(_HAN.fullmatch(token))


def _read_numeral(text: str) -> str:
    """Read a Chinese numeral below one hundred; any other digit by digit."""
    tens, ten, ones = text.partition("十")
    if ten and len(tens) < 2 and len(ones) < 2 and "十" not in ones:
        return f"{_DIGITS.get(tens, '1')}{_DIGITS.get(ones, '0')}"
    return "".join(_DIGITS.get(character, "10") for character in text)
