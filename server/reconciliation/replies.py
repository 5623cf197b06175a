"""What every part of the service does with requests and answers: JSON, JSONP, CORS, language."""

import json
import re
from typing import Any, Final

from flask import Response, g, jsonify, request

from xingtu.server.errors import InvalidRequest
from xingtu.server.http.answers import options
from xingtu.server.pages import frame
from xingtu.server.pages.language import LANGUAGES

LONGEST_BODY: Final = 1 << 20
"""Bytes that a request may have; 50 queries need a few thousand."""
_MOST: Final = 100  # suggestions or proposals in one answer
_CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$.]{0,127}", re.ASCII)


def prepare() -> Response | None:
    """Note the language that the client wants, if it says so, and answer CORS preflights."""
    request.max_content_length = request.max_form_memory_size = LONGEST_BODY
    chosen = "language" in g or request.args.get("lang") in LANGUAGES
    accepted = request.accept_languages.best_match(LANGUAGES)
    g.wanted_language = frame.language() if chosen or accepted else None
    if request.method != "OPTIONS" or request.url_rule is None:
        return None
    allowed = ", ".join(sorted(request.url_rule.methods or ()))
    answer = Response(status=204, headers=options(allowed).headers)
    del answer.headers["Content-Type"]
    return answer


def finish(response: Response) -> Response:
    """Let answers be kept only as long as they are true, and be told apart by language."""
    response.headers.setdefault("Cache-Control", "no-cache")
    response.vary.add("Accept-Language")
    if g.get("wanted_language"):
        response.headers["Content-Language"] = g.wanted_language
    return response


def language(guess: str = "en") -> str:
    """Give the language to answer in: what the client wants, else a guess."""
    wanted: str | None = g.wanted_language
    return wanted or guess


def reply(document: Any) -> Response:
    """Answer by a JSON document, or by a call of the script's function that `callback` names.

    Raises:
        InvalidRequest: if that is no name of a function.
    """
    callback = request.args.get("callback")
    if callback is None or request.method != "GET":
        return jsonify(document)
    if not _CALLBACK.fullmatch(callback):
        raise InvalidRequest("`callback` is not the name of a JavaScript function")
    # All but ASCII is escaped, and the comment keeps the name from starting the file.
    body = f"/**/{callback}({json.dumps(document)});"
    return Response(body, content_type="application/javascript; charset=utf-8")


def read_json(text: str | bytes, name: str) -> Any:
    """Read a JSON document (RFC 8259), in UTF-8.

    Raises:
        InvalidRequest: if it is none; `name` tells the client which.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode()
        return json.loads(decoded, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise InvalidRequest(f"{name} is nested too deeply") from error
    except ValueError as error:
        raise InvalidRequest(f"{name} is not JSON: {error}") from error


def read_number(name: str, default: int, most: int = _MOST) -> int:
    """Read a parameter that is a whole number from 0 on; clients send it as they like.

    Raises:
        InvalidRequest: if it is anything else.
    """
    text = request.args.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise InvalidRequest(f"`{name}` is a whole number")
    return min(int(text), most)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
