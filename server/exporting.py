"""The command `xingtu export`: the graph in the formats of other tools."""

import click

from xingtu.server.quickstatements import quickstatements


@click.group()
def export() -> None:
    """Write the graph in the formats of other tools. A plan is never exported as a fact."""


export.add_command(quickstatements)
