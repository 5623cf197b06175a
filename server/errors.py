"""What can go wrong, named by what is wrong; `problems.py` gives each its HTTP status."""


class QueryError(Exception):
    """A query or an update that is not answered, by its own fault."""


class MalformedQuery(QueryError):
    """A text that does not parse; `line` and `column` count from 1, None when unknown."""

    def __init__(self, detail: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(detail, line, column)
        self.detail = detail
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = "" if self.line is None else f"line {self.line}, column {self.column}: "
        return place + self.detail


class MalformedData(MalformedQuery):
    """A body of RDF that does not parse; positions as in `MalformedQuery`."""


class UnknownFunction(QueryError):
    """A query that calls an extension function the store does not have."""


class InvalidGraphName(QueryError):
    """A graph whose name is not an absolute IRI."""


class DatasetConflict(QueryError):
    """An update whose dataset is given by the request and by the update itself."""


class QueryTooLong(QueryError):
    """A query of more characters than the gate allows."""


class QueryTooComplex(QueryError):
    """A query nested or chained so far that it could overflow the engine's stack."""


class RefusedOperation(QueryError):
    """A well-formed request for something this endpoint does not do."""


class ServiceFailed(QueryError):
    """A SERVICE of the query, or the remote store itself, did not answer, or not rightly."""


class ResultTooLarge(QueryError):
    """A result of more rows or bytes than the server sends."""


class TimedOut(QueryError):
    """A query past its deadline."""


class OutOfMemory(QueryError):
    """A query that needed more memory than it may have."""


class EngineDied(QueryError):
    """A query that ended the process that evaluated it."""


class ServerBusy(Exception):
    """No room for the request now; `retry_after` is in seconds."""

    def __init__(self, detail: str, retry_after: int = 1) -> None:
        super().__init__(detail, retry_after)
        self.detail = detail
        self.retry_after = retry_after

    def __str__(self) -> str:
        return self.detail


class RateExceeded(ServerBusy):
    """A client that has used up its share of the server's time."""


class InvalidRequest(Exception):
    """A request that breaks the rules of the protocol."""


class UnsupportedBody(Exception):
    """A body whose media type or charset is not one the protocol allows."""


class BodyTooLarge(Exception):
    """A body of more bytes than the server takes."""


class SlowBody(Exception):
    """A body that did not arrive in time."""


class NotAcceptable(Exception):
    """None of the media types that can carry the answer is acceptable to the client."""


class NotFound(Exception):
    """Nothing at this path, or no such graph."""


class MethodNotAllowed(Exception):
    """A method this path does not have; `allow` lists those it has."""

    def __init__(self, allow: str) -> None:
        super().__init__(allow)
        self.allow = allow

    def __str__(self) -> str:
        return f"this path has the methods {self.allow}"


class NotAuthorized(Exception):
    """A write without the token, or from another site."""


class PreconditionFailed(Exception):
    """If-Match or If-None-Match does not hold."""


class StoreFull(Exception):
    """The disk has no room for the write; nothing was written."""


class StoreUnusable(Exception):
    """The store cannot be opened: damaged, in use by another server, or not a store."""


class MissingDataset(Exception):
    """The packaged dataset has not been built."""


class LoadIncomplete(Exception):
    """A store elsewhere does not show what was loaded into it."""
