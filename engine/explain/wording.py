"""Changes in words: `the partner delivers “Test data” (M2) and the escalation path is followed`.

A clause tells the nearest value; where others are as near, `before_and_after` names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.case import Case, Record
from engine.explain.because import either, in_words, joined, label
from engine.explain.changes import Change
from engine.explain.phrases import CLAUSES, ENTRIES, ENTRY_NAMES, PLURAL, RECORDS, SUBJECTS
from engine.sources import shorten
from engine.vocabulary import Fact, Kind, RecordList, Value

_LONGEST_NAME = 60
_CURRENCY = "financials.currency"
_OWNERS = {"us": ("we", "deliver", "miss"), "partner": ("the partner", "delivers", "misses")}
_BOTH = ("both sides", "deliver", "miss")


def fact_in_words(name: str) -> str:
    """`relationship.partner_commitment` as `partner commitment`; one word alone comes with its section."""
    section, _, own = name.rpartition(".")
    own = own.replace("_", " ")
    return own if " " in own or not section else f"{section.replace('_', ' ')}: {own}"


def value_in_words(value: Value | None, kind: Kind) -> str:
    """A value as people write it."""
    return in_words(value, kind) if value != () else "none of them"


def record_in_words(record: Record, known: RecordList) -> str:
    """A record by what people call it, and by its id: `“Share the test data” (M2)`."""
    said = shorten(label(record, known), _LONGEST_NAME)
    return record.id if said == record.id else f"“{said}” ({record.id})"


def clauses(changes: Iterable[Change], case: Case) -> list[str]:
    """What has to happen, records first; records to which the same happens share a clause."""
    together: dict[tuple[str, ...], list[Change]] = {}
    for change in sorted(changes, key=lambda one: one.known is None):
        key: tuple[str, ...] = (change.path, change.site.entry)
        if change.known is not None and change.record is not None:
            owner = str(change.record.value("owner")) if change.site.field == "status" else ""
            key = (change.site.of, change.site.field, change.site.entry, str(change.value), owner)
        together.setdefault(key, []).append(change)
    return [_of_records(some) if some[0].known is not None else _of_fact(some[0], case) for some in together.values()]


def condition(changes: Iterable[Change], case: Case) -> str:
    """All of it as one condition, to stand behind `if`."""
    return joined(clauses(changes, case))


def thing(change: Change) -> str:
    """What is changed, to stand in `if … were …`."""
    if change.known is None or change.record is None:
        return fact_in_words(change.site.of)
    named = f"{change.known.singular} {record_in_words(change.record, change.known)}"
    return f"the {change.site.field.replace('_', ' ')} of {named}" if change.site.field else named


def before_and_after(change: Change) -> tuple[str, str]:
    """The present value and the other one, in words."""
    if change.fact is None:
        return "in place", "taken away"
    kind = change.fact.type.kind
    other = [value_in_words(value, kind) for value in (change.value, *change.alike)]
    return value_in_words(change.now, kind), either(other)


# -- facts


def _of_fact(change: Change, case: Case) -> str:
    fact, name = change.fact, change.site.of
    assert fact is not None
    if change.site.entry:
        return _entry(change, ENTRIES.get(name), SUBJECTS.get(name) or _subject(name))
    subject, kind = SUBJECTS.get(name) or _subject(name), fact.type.kind
    if kind.is_number or kind is Kind.DATE:
        return _moved(change, fact, subject, case)
    value = in_words(change.value, kind)
    whole = CLAUSES.get(name, {}).get(_key(change.value))
    if whole is not None:
        return whole
    if kind is Kind.FLAG:
        return f"the answer to “{fact.question}” is {value}"
    verb = "are" if name in PLURAL else "is"
    if value == "none":
        return f"there {verb} no {subject.removeprefix('the ')}"
    return f"{subject} {verb} {value}"


def _key(value: Value | None) -> str:
    return in_words(value) if isinstance(value, bool) else str(value)


def _subject(name: str) -> str:
    """A fact without a phrase of its own: `our team`, `the partner's team`, `the escalation path`."""
    words = fact_in_words(name)
    if words.startswith("partner "):
        return f"the partner's {words.removeprefix('partner ')}"
    return words if words.startswith("our ") or ":" in words else f"the {words}"


def _entry(change: Change, said: tuple[str, str] | None, subject: str) -> str:
    more, less = said or (f"{{}} is added to {subject}", f"{{}} is taken out of {subject}")
    assert isinstance(change.value, tuple)
    name = ENTRY_NAMES.get(change.site.of, {}).get(change.site.entry, change.site.entry.replace("_", " "))
    return (more if change.site.entry in change.value else less).format(name)


def _moved(change: Change, fact: Fact, subject: str, case: Case) -> str:
    """A number that rises or falls, or a date that is moved."""
    said = in_words(change.value, fact.type.kind)
    if fact.type.kind is Kind.DATE:
        return f"{subject} is moved to {said}"
    if fact.unit == "currency":
        said = f"{case.value(_CURRENCY) or ''} {said}".strip()
    elif fact.unit and not fact.unit.startswith("of "):
        said = f"{said} {fact.unit}"
    return f"{subject} {'rises' if change.side > 0 else 'falls'} to {said}"


# -- records


def _of_records(changes: Sequence[Change]) -> str:
    """What happens to some records of a list, all of them alike."""
    change = changes[0]
    known = change.known
    assert known is not None
    names = joined([record_in_words(one.record, known) for one in changes if one.record is not None])
    field = change.site.field
    said = RECORDS.get((known.name, field, _key(change.value) if field else ""))
    noun, is_, cover = (f"{known.singular}s", "are", "cover") if len(changes) > 1 else (known.singular, "is", "covers")
    if said is not None and not change.site.entry:
        owner, deliver, miss = _OWNERS.get(str(change.record and change.record.value("owner")), _BOTH)
        words = {"owner": owner, "deliver": deliver, "miss": miss, "records": names, "noun": noun, "cover": cover}
        return said.format_map({**words, "is": is_})
    if change.fact is None:
        return f"{noun} {names} {is_} taken away"
    subject = f"the {change.fact.name.replace('_', ' ')} of {noun} {names}"
    if change.site.entry:
        return _entry(change, None, subject)
    kind = change.fact.type.kind
    if kind.is_number or kind is Kind.DATE:
        return _moved(change, change.fact, subject, Case({}, {}))
    return f"{subject} is {in_words(change.value, kind)}"
