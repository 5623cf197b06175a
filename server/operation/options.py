"""Where settings come from: a flag, else the environment, else a file, else the default."""

import functools
import tomllib
from collections.abc import Callable, Container
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from xingtu.server.operation.settings import Described, InvalidSetting, Settings, describe_settings

PREFIX: Final = "XINGTU_"
ARGUMENT: Final = "dataset"  # the one setting without a flag: it stands by itself
FILE_KEY: Final = "xingtu.settings"  # of the context's meta: which file was read


def settings_options(
    command: Callable[[Settings], None], names: Container[str] | None = None
) -> Callable[..., None]:
    """Give a click command an option for every setting, and `--config`.

    Args:
        command: A function that takes the settings.
        names: Those that it has options for, if not all; the others have their defaults.

    Returns:
        The function to make a command of; running it raises InvalidSetting for a value from the
        environment or the file that cannot be used, which is named.
    """

    def call(**values: Any) -> None:
        command(Settings(**values))

    run: Callable[..., None] = functools.update_wrapper(call, command)
    for name, (default, described) in reversed(describe_settings().items()):
        if names is None or name in names:
            run = _add_option(run, name, default, described)
    return click.option(
        "--config",
        envvar=f"{PREFIX}CONFIG",
        type=click.Path(path_type=Path),
        is_eager=True,
        expose_value=False,
        callback=_read_file,
        help="TOML file of settings, named as the options are.",
    )(run)


def read_settings(arguments: list[str] | None = None) -> Settings:
    """Read the settings without a command line: for a WSGI host, say.

    Args:
        arguments: Flags, as on a command line; none if None.

    Raises:
        InvalidSetting, click.ClickException: if a value cannot be used.
    """
    found: list[Settings] = []
    command = click.command("serve")(settings_options(found.append))
    command.main(arguments or [], standalone_mode=False)
    return found[0]


class _Sourced(click.Parameter):
    """A parameter that says where a value that it refuses was found."""

    check: Callable[[Any], object] | None = None

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        try:
            read = super().process_value(ctx, value)
            return self._checked(read, ctx)
        except click.BadParameter as error:
            source = ctx.get_parameter_source(self.name or "")
            if source is ParameterSource.ENVIRONMENT:
                raise InvalidSetting(
                    f"{self.envvar} in the environment: {error.message}"
                ) from error
            if source is ParameterSource.DEFAULT_MAP:
                key = (self.name or "").replace("_", "-")
                raise InvalidSetting(f"{ctx.meta[FILE_KEY]}: {key}: {error.message}") from error
            raise

    def _checked(self, value: Any, ctx: click.Context) -> Any:
        if self.check is None or value is None:
            return value
        try:
            return tuple(map(self.check, value)) if isinstance(value, tuple) else self.check(value)
        except ValueError as error:
            raise click.BadParameter(str(error), ctx, self) from error


class _Option(_Sourced, click.Option):
    pass


class _Argument(_Sourced, click.Argument):
    pass


def _add_option(
    run: Callable[..., None], name: str, default: Any, described: Described
) -> Callable[..., None]:
    common: dict[str, Any] = {"envvar": PREFIX + name.upper(), "type": described.kind.read}
    if name == ARGUMENT:
        added = click.argument(name, cls=_Argument, nargs=-1, metavar="[DATASET]...", **common)(run)
    else:
        added = click.option(
            "--" + name.replace("_", "-"),
            cls=_Option,
            default=default,
            multiple=isinstance(default, tuple),
            metavar=described.kind.metavar,
            show_default=described.shown or True,
            help=described.help,
            **common,
        )(run)
    # click keeps the parameters of a function that is not yet a command here.
    parameter: _Sourced = added.__click_params__[-1]  # type: ignore[attr-defined]
    parameter.check = described.kind.check
    return added


def _read_file(ctx: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Make the file the source of what neither flag nor environment sets."""
    if path is None:
        return
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSetting(f"cannot read {path}: {error}") from error
    ctx.meta[FILE_KEY] = path
    ctx.default_map = dict(_read_key(path, key, value) for key, value in found.items())


def _read_key(path: Path, key: str, value: object) -> tuple[str, object]:
    settings = {
        name.replace("_", "-"): default for name, (default, _) in describe_settings().items()
    }
    if key not in settings:
        near = get_close_matches(key, settings, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        raise InvalidSetting(f"{path}: there is no setting `{key}`{hint}")
    repeatable = isinstance(settings[key], tuple)
    values = value if repeatable and isinstance(value, list) else [value]
    if not all(isinstance(each, str | int | float) for each in values):
        raise InvalidSetting(
            f"{path}: {key}: it must be {'a list of strings' if repeatable else 'one value'}"
        )
    # As text, so that 2.5 is no whole number and true is none at all.
    texts = tuple(str(each) for each in values)
    return key.replace("-", "_"), texts if repeatable else texts[0]
