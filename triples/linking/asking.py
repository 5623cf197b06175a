"""Asking a public service politely: slowly, patiently, and never twice for the same.

As https://foundation.wikimedia.org/wiki/Policy:User-Agent_policy,
https://www.mediawiki.org/wiki/API:Etiquette and
https://www.mediawiki.org/wiki/Manual:Maxlag_parameter have it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any, Final, Self

import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential

from xingtu.triples.linking.answers import Answers
from xingtu.triples.linking.faults import NoAnswer

_TRIES: Final = 5
_PATIENCE: Final = 300.0  # seconds; a service that wants us to wait longer has to be asked later
_TIMEOUT: Final = httpx2.Timeout(60.0, connect=10.0)
_BUSY: Final = {429, 500, 502, 503, 504}  # 500: how Wikidata's query service says that it timed out
_SHOWN: Final = 200  # characters of what a service says
_back_off: Final = wait_exponential(multiplier=2, max=60)


class _Trouble(NoAnswer):
    """A failure that may pass; `wait` is the seconds that the service asks for, 0 if none."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class Asker:
    """Sends requests one after the other, each again if it fails for a reason that may pass.

    Args:
        answers: Those that are kept.
        contact: Where the operators of the service can reach us, for the User-Agent.
        interval: The seconds from one request to the next, at least.
        clock: Tells the seconds since whenever.
        pause: Waits for so many seconds.
    """

    def __init__(
        self,
        answers: Answers,
        *,
        contact: str,
        interval: float,
        clock: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self._answers = answers
        self._interval = interval
        self._clock = clock
        self._pause = pause
        self._next = 0.0
        about = "; ".join(filter(None, ("https://w3id.org/xingtu", contact)))
        self._client = httpx2.Client(
            headers={"user-agent": f"xingtu/{version('xingtu')} ({about})"},
            timeout=_TIMEOUT,
            follow_redirects=False,
        )
        self._retrying = Retrying(
            retry=retry_if_exception_type(_Trouble),
            wait=_wait,
            stop=lambda state: stop_after_attempt(_TRIES)(state) or _asked_for(state) > _PATIENCE,
            sleep=pause,
            reraise=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, url: str, asked: Mapping[str, str]) -> Any:
        """Ask by GET, unless the answer is kept.

        Returns:
            The JSON of the answer.

        Raises:
            NoAnswer: if there is none.
        """
        return self._ask("GET", url, asked)

    def post(self, url: str, asked: Mapping[str, str]) -> Any:
        """Ask by a form, else as `get`."""
        return self._ask("POST", url, asked)

    def _ask(self, method: str, url: str, asked: Mapping[str, str]) -> Any:
        kept = self._answers.find(url, asked)
        if kept is not None:
            return kept
        answer = self._retrying(self._send, method, url, asked)
        self._answers.keep(url, asked, answer)
        return answer

    def _send(self, method: str, url: str, asked: Mapping[str, str]) -> Any:
        now = self._clock()
        if now < self._next:
            self._pause(self._next - now)
        self._next = max(now, self._next) + self._interval
        accept = {"accept": "application/sparql-results+json, application/json"}
        try:
            if method == "GET":
                response = self._client.get(url, params=asked, headers=accept)
            else:
                response = self._client.post(url, data=asked, headers=accept)
        except httpx2.TransportError as error:
            raise _Trouble(f"{url} cannot be reached, or took too long: {error!r}") from error
        except httpx2.InvalidURL as error:
            raise NoAnswer(f"{url} is no URL: {error}") from error
        return _read(response)


def _read(response: httpx2.Response) -> Any:
    url, status = response.url.copy_with(query=None), response.status_code
    said = " ".join(response.text[:_SHOWN].split())
    if status in _BUSY:
        raise _Trouble(f"{url} answered with status {status}: {said}", _read_wait(response))
    if status != 200:
        raise NoAnswer(f"{url} answered with status {status}: {said}")
    try:
        answer = response.json()
    except ValueError as error:  # as when a query times out amid its answer
        raise _Trouble(f"{url} answered what is no JSON: {said}") from error
    if not isinstance(answer, dict):
        raise NoAnswer(f"{url} answered JSON that is no object: {said}")
    refusal = answer.get("error")
    if refusal is not None:
        code = refusal.get("code") if isinstance(refusal, dict) else None
        kind = _Trouble if code in {"maxlag", "ratelimited", "readonly"} else NoAnswer
        trouble = kind(f"{url} answered with an error: {said}")
        if isinstance(trouble, _Trouble):
            trouble.wait = _read_wait(response)
        raise trouble
    return answer


def _read_wait(response: httpx2.Response) -> float:
    """Read Retry-After, which is seconds or a date (RFC 9110 §10.2.3), as seconds from now."""
    text = response.headers.get("retry-after", "")
    if text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        sent = parsedate_to_datetime(response.headers["date"])
    except (ValueError, KeyError):
        return 0.0
    return max(0.0, (_aware(until) - _aware(sent)).total_seconds())


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _asked_for(state: RetryCallState) -> float:
    problem = state.outcome.exception() if state.outcome else None
    return problem.wait if isinstance(problem, _Trouble) else 0.0


def _wait(state: RetryCallState) -> float:
    return max(_asked_for(state), _back_off(state))
