"""Who may write: whoever has the token, and no page of another site on their behalf."""

import hmac
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from xingtu.server.errors import NotAuthorized, RefusedOperation
from xingtu.server.http.message import Request
from xingtu.server.operation.settings import InvalidSetting

VARIABLE: Final = "XINGTU_TOKEN"
SHORTEST: Final = 16  # characters
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750 §2.1
_PORTS: Final = {"http": 80, "https": 443}


class Authority:
    """Decides on requests that write.

    Args:
        token: What a writer must show; None: there are no writes.
        public_url: The URL whose pages may write.
    """

    def __init__(self, token: str | None, public_url: str) -> None:
        self._token = None if token is None else token.encode()
        self._origin = origin_of(public_url)

    def authorize(self, request: Request) -> None:
        """Let a write pass.

        Raises:
            RefusedOperation: if writes are off, or a page of another site asks.
            NotAuthorized: if the request does not show the token (RFC 6750 §2.1).
        """
        if self._token is None:
            raise RefusedOperation("writes are off: this server has no token")
        if self._is_foreign(request.headers):
            raise RefusedOperation("a page of another site may not write here")
        if not self.knows(request.headers):
            raise NotAuthorized("a write must show the token: `Authorization: Bearer TOKEN`")

    def knows(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a header shows the token, in a time that says nothing of it.

        Args:
            headers: The fields of the request, names lower-case.
        """
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        if self._token is None or scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(shown.strip().encode("utf-8", "replace"), self._token)

    def _is_foreign(self, headers: Mapping[str, str]) -> bool:
        """Tell a page of another site: by Sec-Fetch-Site, in older browsers by Origin."""
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in {"same-origin", "none"}
        origin = headers.get("origin")
        return origin is not None and origin_of(origin) != self._origin


def read_token(file: str | None, environment: Mapping[str, str]) -> str | None:
    """Read the token from the environment, else from a file.

    Args:
        file: Its path; None if there is none.
        environment: The variables of the process.

    Returns:
        The token; None if there is none.

    Raises:
        InvalidSetting: if the file cannot be read, or what it holds is too short or no token.
    """
    source, text = VARIABLE, environment.get(VARIABLE)
    if text is None and file:
        source, text = file, _read_private(Path(file))
    if text is None:
        return None
    token = text.strip()
    if len(token) < SHORTEST or not _TOKEN.fullmatch(token):
        raise InvalidSetting(
            f"the token in {source} must be {SHORTEST} or more of A-Z a-z 0-9 . _ ~ + / -; "
            "`openssl rand -hex 32` makes a good one"
        )
    return token


def _read_private(path: Path) -> str:
    try:
        mode = path.stat().st_mode & 0o777
        text = path.read_text("ascii", errors="replace")
    except OSError as error:
        raise InvalidSetting(f"cannot read the token: {error}") from error
    if mode & 0o027:  # a group may read it: so do systemd's credentials
        logging.getLogger("xingtu").warning(
            "others can read or change the token in %s (mode %o): chmod 600 it", path, mode
        )
    return text


def origin_of(url: str) -> tuple[str, str | None, int | None]:
    """Give the origin of a URL (RFC 6454 §4): scheme, host and port; empty if it is no URL."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "", None, None
