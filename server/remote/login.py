"""How to log in at a store elsewhere: from the environment, since a command line can be seen."""

from collections.abc import Mapping
from typing import Final

PREFIX: Final = "XINGTU_STORE_"


def read_login(environment: Mapping[str, str]) -> dict[str, str]:
    """Read XINGTU_STORE_USER and XINGTU_STORE_PASSWORD, or XINGTU_STORE_TOKEN.

    Args:
        environment: The variables of the process.

    Returns:
        Fields of `RemoteStore`; none if nothing is set.
    """
    names = ("user", "password", "token")
    found = {name: environment.get(PREFIX + name.upper(), "") for name in names}
    return {name: value for name, value in found.items() if value}
