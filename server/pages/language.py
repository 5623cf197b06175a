"""English and Chinese: which of them a request wants, and the interface's texts in it."""

from functools import cache
from pathlib import Path
from typing import Final

import yaml
from flask import Request

LANGUAGES: Final = {"en": "English", "zh": "中文"}
MESSAGES: Final = Path(__file__).parent / "messages"


def choose_language(request: Request) -> str:
    """Choose by `?lang=`, else by Accept-Language (RFC 9110 §12.5.4), else English."""
    wanted = request.args.get("lang", "")
    if wanted in LANGUAGES:
        return wanted
    return request.accept_languages.best_match(LANGUAGES, "en")


@cache
def read_messages() -> dict[str, str]:
    """Read `messages/*.yaml`, each a mapping of English texts to Chinese ones.

    Raises:
        ValueError: if two files translate one text differently.
    """
    messages: dict[str, str] = {}
    for path in sorted(MESSAGES.glob("*.yaml")):
        for english, chinese in yaml.safe_load(path.read_text("utf-8")).items():
            if messages.setdefault(english, chinese) != chinese:
                raise ValueError(f"{path.name}: {english!r} has another translation already")
    return messages


def translate(text: str, language: str, **values: object) -> str:
    """Give a text of the interface in a language, its `{placeholders}` filled in.

    A text without a translation stays as it is: a page half in English serves better than none.
    """
    pattern = read_messages().get(text, text) if language == "zh" else text
    return pattern.format(**values) if values else pattern


def translate_count(one: str, many: str, count: int, language: str, **values: object) -> str:
    """Give a text with a number in it, such as `{count} source` or `{count} sources`."""
    text = one if count == 1 and language == "en" else many
    return translate(text, language, count=f"{count:,}", **values)
