"""How a command fails: one line for the user, and an exit status."""

import click


class Failure(click.ClickException):
    """A message for the user on one line, and exit status 1."""

    def __init__(self, message: object) -> None:
        super().__init__(" ".join(str(message).split()))


class UnknownQuery(Failure):
    """No such file, nor such a competency question; exit status 2."""

    exit_code = 2
