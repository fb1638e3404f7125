"""Templates of memos: where they are found, what they may use, and what their authors are told when one is wrong.

Everything that a template prints passes through `_Medium.text`, which makes it plain text of the medium: there is
no filter that lets text through as it is. What a template's author writes outside of `{{ }}` stays as written.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from traceback import walk_tb
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup, escape

from engine.errors import Location, NotFoundError, Problem, TemplateError, did_you_mean, one_of
from engine.escape import for_markdown, for_terminal
from engine.memo import words

FORMATS = ("md", "html")

_WRONG = (JinjaError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
_LEFT_OUT = ("e", "escape", "forceescape", "pprint", "random", "safe", "tojson", "urlize", "xmlattr")
"""Filters of Jinja that differ from run to run, or would print text that is not plain text of the medium."""


_LONGEST = 1_000_000
"""What a template repeats may become so long: characters of a text, items of a list."""

_MOST_BITS = 10_000


class _Written(str):
    """Text of the medium, which a template has put together already: it is not to be made plain a second time."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Medium:
    """A format: how data becomes plain text of it."""

    name: str
    text: Callable[[str], str]


def _html(text: str) -> str:
    return escape(for_terminal(text))


_MEDIA = {"md": _Medium("Markdown", for_markdown), "html": _Medium("HTML", _html)}


def render(template: str, fmt: str, folder: Path, context: Mapping[str, Any]) -> str:
    """A template, by the name of a built-in one or by its path, filled in.

    Raises NotFoundError for a template that does not exist or cannot be read, TemplateError for one that is wrong.
    """
    path = _find(template, fmt, folder)
    environment = _environment(_MEDIA[fmt], [path.parent, folder], context)
    try:
        text = environment.get_template(path.name).render(context)
    except (*_WRONG, UnicodeDecodeError) as error:
        raise TemplateError([_problem(error, path, environment, context)]) from error
    except OSError as error:
        raise NotFoundError(f"`{error.filename or template}` cannot be read: {error.strerror or error}") from None
    # What reached the text by another way than `{{ }}` must not be able to hide or turn anything round either.
    return _tidy(text) + "\n"


def _tidy(text: str) -> str:
    lines = "\n".join(for_terminal(line).rstrip() for line in text.strip().split("\n"))
    return re.sub("\n{3,}", "\n\n", lines)


def _find(template: str, fmt: str, folder: Path) -> Path:
    if fmt not in FORMATS:
        raise NotFoundError(f"there is no format `{fmt}` for a memo, expected {one_of(FORMATS)}")
    if template.endswith(".j2"):
        path = Path(template)
        other = next((one for one in FORMATS if one != fmt and path.name.endswith(f".{one}.j2")), None)
        if other is not None:
            raise NotFoundError(
                f"template `{template}` writes {_MEDIA[other].name}, and {_MEDIA[fmt].name} is asked for"
            )
        if not path.is_file():
            there = path.parent.glob("*.j2") if path.parent.is_dir() else ()
            raise NotFoundError(_unknown(template, (str(path.parent / one.name) for one in there)))
        return path
    ending = f".{fmt}.j2"
    names = sorted(path.name.removesuffix(ending) for path in folder.glob(f"*{ending}"))
    if template not in names:
        hint = f"expected {one_of(names)}, or the path of a file that ends in `.j2`"
        raise NotFoundError(_unknown(template, names, hint))
    return folder / f"{template}{ending}"


def _unknown(template: str, names: Iterable[str], otherwise: str = "") -> str:
    hint = did_you_mean(template, names, otherwise)
    return f"there is no template `{template}`" + (f"\n  hint: {hint}" if hint else "")


@dataclass(frozen=True, slots=True)
class Stylesheet:
    """The text of a stylesheet, and the source that a content security policy names to permit exactly this text."""

    text: Markup
    source: str


class _MemoEnvironment(ImmutableSandboxedEnvironment):
    """Templates that can read values and print them, and nothing else."""

    # What blocks and macros have put together is text of the medium, so that it is made plain once only.
    concat = staticmethod(lambda parts: _Written("".join(parts)))
    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Multiplies and raises, unless so few signs would make more than any memo is long."""
        if operator == "**":
            if isinstance(left, int) and isinstance(right, int) and left.bit_length() * right > _MOST_BITS:
                raise ValueError("this power is too large")
        elif isinstance(left, Sized) or isinstance(right, Sized):
            repeated, times = (left, right) if isinstance(left, Sized) else (right, left)
            if isinstance(times, int) and len(repeated) * times > _LONGEST:
                raise ValueError(f"this repeats something until it is longer than {_LONGEST:,}")
        return super().call_binop(context, operator, left, right)


def _environment(medium: _Medium, folders: list[Path], context: Mapping[str, Any]) -> _MemoEnvironment:
    def finalize(value: object) -> object:
        if isinstance(value, (_Written, Markup)) and (medium.text is _html or not isinstance(value, Markup)):
            return value
        written = medium.text(value if isinstance(value, str) else words.plain(value))
        return Markup(written) if medium.text is _html else _Written(written)  # noqa: S704 - escaped one line above

    environment = _MemoEnvironment(
        loader=FileSystemLoader(folders),
        undefined=_undefined(tuple(context)),
        autoescape=medium.text is _html,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in _LEFT_OUT:
        environment.filters.pop(name, None)
    environment.globals = {name: environment.globals[name] for name in ("range", "namespace")}
    environment.filters.update(words.FILTERS)

    def stylesheet(name: str) -> Stylesheet:
        text, _, _ = FileSystemLoader(folders).get_source(environment, name)
        if "</" in text:
            raise ValueError(f"the stylesheet `{name}` contains `</`, which would end it")
        text = _tidy(text)
        source = f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
        return Stylesheet(Markup(text), source)  # noqa: S704 - a file of the template's author, unable to end the element

    environment.globals["stylesheet"] = stylesheet
    return environment


def _undefined(names: tuple[str, ...]) -> type[StrictUndefined]:
    """What a name that does not exist becomes: an error that names it, and the nearest one that does."""

    class Missing(StrictUndefined):
        __slots__ = ()

        @property
        def _undefined_message(self) -> str:
            if self._undefined_hint:
                return self._undefined_hint
            name = str(self._undefined_name)
            if self._undefined_obj is missing:
                # The page that describes them is in the checkout alone, and the reader may have none.
                hint = did_you_mean(name, names, f"a template can use {one_of(sorted(names))}")
                return f"there is nothing called `{name}` to put in here\n{hint}"
            owner = self._undefined_obj
            known = [key for key in owner if isinstance(key, str)] if isinstance(owner, Mapping) else _fields(owner)
            return f"there is no `{name}` in the value named before it\n{did_you_mean(name, known)}"

    return Missing


def _fields(owner: object) -> list[str]:
    return [name for name in getattr(owner, "__slots__", ()) if not name.startswith("_")]


def _problem(error: Exception, path: Path, environment: _MemoEnvironment, context: Mapping[str, Any]) -> Problem:
    """What is wrong, where, in the words of people who do not program."""
    file, line = str(path), 1
    if isinstance(error, TemplateSyntaxError):
        file, line = error.filename or file, error.lineno
    else:
        for frame, number in walk_tb(error.__traceback__):
            if frame.f_code.co_filename.endswith(".j2"):
                file, line = frame.f_code.co_filename, number
    message, hint = _sentence(error, environment)
    return Problem(Location(file, line, _column(Path(file), line, message)), message, hint)


_PLAIN = {
    "No filter named '([^']*)'": "there is no filter `{}`",
    "access to attribute '([^']*)' of .* is unsafe": "a template cannot use `{}`, only the values that it is given",
    "Encountered unknown tag '([^']*)'": "there is no instruction `{}`",
    "unexpected '([^']*)'": "`{}` does not belong here",
    "expected token '([^']*)', got '([^']*)'": "`{}` is missing before `{}`",
    r"Range too big\..*\((\d+)\)": "this range has more than {} numbers",
    "'([^']*)' is undefined": "there is nothing called `{}` to put in here",
}


def _sentence(error: Exception, environment: _MemoEnvironment) -> tuple[str, str]:
    if isinstance(error, UnicodeDecodeError):
        return "the file is not UTF-8 text", "save it as UTF-8"
    if isinstance(error, TemplateNotFound):
        return f"there is no template `{error.name}` to take in here", ""
    text = getattr(error, "message", None) or str(error) or type(error).__name__
    message, _, hint = str(text).partition("\n")
    for pattern, sentence in _PLAIN.items():
        found = re.search(pattern, message)
        if found:
            names = environment.filters if "filter" in sentence else ()
            return sentence.format(*found.groups()), hint or did_you_mean(found[1], names)
    if isinstance(error, TemplateSyntaxError) and "end of template" in message:
        return "the template ends before an instruction or `{{ }}` that was begun is closed", ""
    if not isinstance(error, JinjaError):
        message = f"this cannot be written: {message}"
    return message[:1].lower() + message[1:].rstrip("."), hint


def _column(path: Path, line: int, message: str) -> int:
    """Where on its line the word stands that the message is about; 1 where that cannot be told."""
    try:
        text = path.read_text(encoding="utf-8").split("\n")[line - 1]
    except (OSError, ValueError, IndexError):
        return 1
    word = re.search(r"`([^`]+)`", message)
    found = re.search(rf"(?<!\w){re.escape(word[1])}(?!\w)", text) if word else None
    return found.start() + 1 if found else len(text) - len(text.lstrip()) + 1
