"""What the build made of `assets/`: scripts, styles and outlines, by the names of their sources."""

import json
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Final, TypedDict

import yaml
from flask import Blueprint, Response, request, send_from_directory, url_for

from xingtu.server.pages.language import MESSAGES

blueprint = Blueprint("bundle", __name__)

FOLDER: Final = Path(__file__).parent / "static" / "dist"


# What the build has compressed already, the better one first, by the endings of the files.
_CODINGS: Final = {"br": ".br", "gzip": ".gz"}


class MissingBundle(Exception):
    """The package was put in place without its build step; `pip install` makes the bundle."""


class Country(TypedDict):
    """An outline as an SVG path, and where a mark for the whole country sits best."""

    path: str
    middle: tuple[int, int]


class Outlines(TypedDict):
    """The world as one drawing: paths in units of its size; countries by Wikidata item."""

    width: int
    height: int
    globe: str
    land: str
    borders: str
    countries: dict[str, Country]


@blueprint.get("/assets/dist/<name>")
def static(name: str) -> Response:
    """Send a bundled file; browsers keep it for ever, since its name changes with its content."""
    codings = [c for c in _CODINGS if request.accept_encodings.quality(c) > 0]
    coding = next((c for c in codings if (FOLDER / (name + _CODINGS[c])).is_file()), None)
    answer = send_from_directory(
        FOLDER, name + _CODINGS[coding] if coding else name, mimetype=guess_type(name)[0]
    )
    if coding:
        answer.content_encoding = coding
    answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


def bundled(name: str) -> str:
    """Give the address of a bundled file by the name of its source, such as `workbench.js`.

    Raises:
        MissingBundle: if there is no bundle.
        KeyError: if it has no such file.
    """
    return url_for("bundle.static", name=_read("manifest.json")[name])


def read_outlines() -> Outlines:
    """Read the country outlines.

    Raises:
        MissingBundle: if there is no bundle.
    """
    outlines: Outlines = _read("outlines.json")
    return outlines


def script_texts(language: str) -> dict[str, str]:
    """Give the texts of scripts in a language, by the English ones in their code."""
    return _read_texts() if language == "zh" else {}


@cache
def _read_texts() -> dict[str, str]:
    texts: dict[str, str] = yaml.safe_load((MESSAGES / "scripts.yaml").read_text("utf-8"))
    return texts


@cache
def _read(name: str) -> Any:
    path = FOLDER / name
    if not path.is_file():
        raise MissingBundle(f"{path} is not there: install the package with pip, which bundles it")
    return json.loads(path.read_text("utf-8"))


@blueprint.app_context_processor
def _provide() -> dict[str, Any]:
    return {"bundled": bundled, "script_texts": script_texts}
