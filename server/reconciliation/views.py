"""The views that both versions have."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, request

from xingtu.server.reconciliation import previews
from xingtu.server.reconciliation.extending import propose
from xingtu.server.reconciliation.index import record_index
from xingtu.server.reconciliation.replies import finish, language, prepare, read_number, reply
from xingtu.server.reconciliation.showing import language_of
from xingtu.server.reconciliation.suggesting import KINDS, suggest

KIND: Final = f"<any({','.join(KINDS)}):kind>"
_SUGGESTED: Final = 20
_FURTHEST: Final = 1_000_000


def make_blueprint(name: str) -> Blueprint:
    """Make a blueprint whose answers any site may read, in the language that the client wants."""
    blueprint = Blueprint(name, __name__, template_folder="templates")
    blueprint.before_request(prepare)
    blueprint.after_request(finish)
    return blueprint


def suggest_start(kind: str) -> Response:
    """Suggest things by the start of a name; parameters that we do not know are ignored."""
    prefix = request.args.get("prefix", "")
    skip = max(read_number(name, 0, _FURTHEST) for name in ("cursor", "offset"))
    limit = read_number("limit", _SUGGESTED)
    found = suggest(kind, prefix, record_index(), language(language_of(prefix)))
    return reply({"result": found[skip : skip + limit]})


def show_preview() -> Response:
    """Show a record in a frame."""
    return previews.preview(request.args.get("id", ""), record_index(), language())


def propose_properties() -> Response:
    """Propose the properties that things of a type have."""
    limit = read_number("limit", 0) if request.args.get("limit") else None
    return reply(propose(request.args.get("type", ""), limit, record_index(), language()))


VIEWS: Final[dict[str, Callable[..., Response]]] = {
    f"/suggest/{KIND}": suggest_start,
    "/preview": show_preview,
    "/extend/propose": propose_properties,
}
"""The views by their path below the service."""
