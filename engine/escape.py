"""Text from facts and files, made harmless for the medium that shows it.

A name or a note may hold anything: control sequences that repaint a terminal, marks that turn the direction of
writing, Markdown, HTML. Shown through these functions it is what it was meant to be: text. Each is to be used once,
at the very end; a text that went through one of them is no longer data.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
"""Unicode's categories of control, format, surrogate, private and unassigned characters, and of line breaks."""

_SPACES = re.compile(r"\r\n|[\n\t]")
_MARKS = re.compile(r"[\\`*_\[\]|~$@]")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_ADDRESS = re.compile(r":(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_LINE_START = re.compile(r"(?:(?<=\s)|^)(?:(?=#)|(?=[-+=](?:\s|$))|(?=--)|(?=={2}))")
_NUMBERED_START = re.compile(r"^(\d{1,9})([.)])(?=\s|$)|(?<=\s)(1)([.)])(?=\s|$)")


def for_terminal(text: str) -> str:
    r"""The text on one line, every character that would not show as itself replaced by a visible escape.

    Line breaks and tabs become spaces; the escape character becomes `\x1b`, an override of the direction of writing
    `\u202e`.
    """
    if text.isprintable():
        return text
    text = _SPACES.sub(" ", text)
    return "".join(_visible(character) if _hidden(character) else character for character in text)


def for_markdown(text: str) -> str:
    """The text on one line, safe wherever Markdown may stand: in a paragraph, list, heading or table cell.

    It cannot begin a heading, list, quotation, table or code, nor become emphasis, a link, an image, mathematics or
    HTML. Not for code spans, in which Markdown knows no escapes.
    """
    text = for_terminal(" ".join(text.split()))
    text = _MARKS.sub(r"\\\g<0>", text)
    text = _ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    text = _ADDRESS.sub(r"\\\g<0>", text)
    text = _NUMBERED_START.sub(r"\1\3\\\2\4", text)
    return _LINE_START.sub(r"\\", text)


def for_json(document: str) -> str:
    """A JSON document in which every character that would not show as itself stands as JSON's escape of it.

    The document means the same; printed, it cannot repaint a terminal.
    """
    if document.replace("\n", "").isprintable():
        return document
    return "".join(_json_escape(one) if one != "\n" and _hidden(one) else one for one in document)


def json_document(content: object) -> str:
    """Plain values as a JSON document that can be printed."""
    import json  # what shows no JSON need not load it

    return for_json(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


def _hidden(character: str) -> bool:
    return not character.isprintable() and unicodedata.category(character) in _INVISIBLE


def _visible(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _json_escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
