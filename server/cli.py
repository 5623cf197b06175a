"""The command line `xingtu`. Commands import what they need when they run, so help is quick."""

import click

from xingtu.server import authoring, exporting, linking, serving, storing


@click.group()
@click.version_option(package_name="xingtu")
def main() -> None:
    """Xingtu (星图): the knowledge graph of China's space sector."""


for command in (
    serving.serve,
    serving.query,
    serving.mcp,
    storing.load,
    storing.dump,
    storing.backup,
    storing.restore,
    storing.upgrade,
    exporting.export,
    authoring.build,
    authoring.check,
    authoring.expect,
    authoring.anchor,
    exporting.export,
    linking.link,
):
    main.add_command(command)

if __name__ == "__main__":
    main()
