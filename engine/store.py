"""Rulesets as they were last read, so that a command need not read and compile them again.

As with Python's own compiled files, what is stored says nothing new: it is found by a hash of the ruleset's
files and of this program, and without it everything is worked out as usual. `ADVISOR_CACHE` names another folder, or
`off`. Only a folder that belongs to the user alone is trusted.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

from engine import __version__
from engine.assessment import Prepared, prepare
from engine.sources import MAX_BYTES

_KEPT = 8
_READ = ("*.yaml", "*.yml", "*/**/*.yaml", "*/**/*.yml")
"""Every file that can bear on how a ruleset is read, and more."""

_TESTS = "tests"
"""The folder of a ruleset that says nothing of how it judges."""


def prepared_ruleset(folder: Path, shown_as: str | None = None) -> Prepared:
    """A ruleset ready to judge, from the store or read anew. Raises what `load_ruleset` raises."""
    shelf = _shelf()
    key = _key(folder, shown_as) if shelf is not None else None
    if shelf is not None and key is not None:
        found = _take(shelf / f"{key}.pickle")
        if found is not None:
            return found
    # Reading rulesets is the dearest import of a command: only those that must read one pay for it.
    from engine.parse.ruleset import load_ruleset

    prepared = prepare(load_ruleset(folder, shown_as))
    if shelf is not None and key is not None:
        _put(shelf, f"{key}.pickle", prepared)
    return prepared


def _key(folder: Path, shown_as: str | None) -> str | None:
    """A hash of everything that the prepared ruleset depends on; None where that cannot be read.

    Whatever is wrong with the folder then is for the loader to say.
    """
    digest = hashlib.sha256(f"{__version__} {sys.version} {shown_as or folder}".encode())
    try:
        for module in _modules(str(Path(__file__).parent)):
            status = module.stat()
            digest.update(f"{module.path} {status.st_size} {status.st_mtime_ns}\n".encode())
        if not (folder / "ruleset.yaml").is_file():
            return None
        for path in sorted(path for pattern in _READ for path in folder.glob(pattern)):
            if path.relative_to(folder).parts[0] == _TESTS:
                continue
            if not path.is_file() or path.stat().st_size > MAX_BYTES:
                return None
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    except OSError:
        return None
    return digest.hexdigest()


def _modules(folder: str) -> Iterator[os.DirEntry[str]]:
    """All modules of this program, in one order. Paths as objects would take several times as long."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                yield from _modules(entry.path)
            elif entry.name.endswith(".py"):
                yield entry


def _shelf() -> Path | None:
    """The folder of the store, made if need be; None where there is none that can be trusted."""
    named = os.environ.get("ADVISOR_CACHE", "")
    if named == "off":
        return None
    try:
        home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
        shelf = Path(named) if named else Path(home) / "alliance-advisor"
        shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = shelf.stat()
    except (OSError, RuntimeError):
        # RuntimeError: there is no home folder.
        return None
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        return None
    return shelf


def _take(path: Path) -> Prepared | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    try:
        found = pickle.loads(content)  # noqa: S301 - a folder that only the user can write to
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the ruleset is read anew
        return None
    return found if isinstance(found, Prepared) else None


def _put(shelf: Path, name: str, prepared: Prepared) -> None:
    """Stores a ruleset, whole or not at all; a full disk is no reason to fail."""
    import tempfile  # only wanted when there is something to store

    try:
        handle, temporary = tempfile.mkstemp(dir=shelf)
        try:
            with os.fdopen(handle, "wb") as stream:
                pickle.dump(prepared, stream, protocol=pickle.HIGHEST_PROTOCOL)
            Path(temporary).replace(shelf / name)
        except BaseException:
            Path(temporary).unlink()
            raise
        stored = sorted(shelf.glob("*.pickle"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for old in stored[_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        return
