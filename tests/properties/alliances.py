"""Random valid cases of a whole vocabulary, and what it means that one fact of a case gets worse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st

from engine.case import Case, Entry, Record
from engine.vocabulary import Fact, Kind, RecordList, Value, Vocabulary

AS_OF = date(2025, 6, 30)
PROFILE = {"alliance.name": "Test", "alliance.us": "We", "alliance.partner": "They"}
MAX_RECORDS = 3
_SCORES = (1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5)
_SHARES = (0, 0.1, 0.2, 0.4, 0.5, 0.6, 0.75, 0.8, 0.9, 1)
_COUNTS = (0, 1, 2, 3, 5, 10, 20, 30, 60, 90, 180, 400)
_AMOUNTS = (0, 1, 10, 1_000, 250_000, 1_000_000, 5_000_000)
_DAYS = (-900, -400, -100, -31, -1, 0, 1, 20, 89, 181, 364, 366, 800)
_PERIODS = ("2024-Q3", "2024-Q4", "2025-Q1", "2025-Q2")


def values(fact: Fact) -> st.SearchStrategy[Any]:
    """Values of a fact or field that a facts file may give."""
    return st.sampled_from(_pool(fact))


def _pool(fact: Fact) -> list[Value]:
    kind = fact.type.kind
    if kind is Kind.CHOICE:
        return list(fact.type.values)
    if kind is Kind.CHOICES:
        singles: list[Value] = [(one,) for one in fact.type.values]
        return [*singles, tuple(fact.type.values[:2]), tuple(fact.type.values)]
    if kind is Kind.DATE:
        return [AS_OF + timedelta(days) for days in _DAYS]
    pools: dict[Kind, tuple[Value, ...]] = {
        Kind.FLAG: (True, False),
        Kind.SCORE: _SCORES,
        Kind.SHARE: _SHARES,
        Kind.COUNT: _COUNTS,
        Kind.AMOUNT: _AMOUNTS,
        Kind.TEXT: ("some text",),
        Kind.PERIOD: _PERIODS,
    }
    low, high = fact.type.minimum, fact.type.maximum
    return [
        value
        for value in pools[kind]
        if not kind.is_number
        or ((low is None or float(str(value)) >= low) and (high is None or float(str(value)) <= high))
    ]


def cases(vocabulary: Vocabulary) -> st.SearchStrategy[Case]:
    """Valid cases: each fact and list may be unknown, references name records that exist."""
    names = [name for name in vocabulary.facts if name not in PROFILE and name != "alliance.as_of"]
    facts = st.fixed_dictionaries({}, optional={name: values(vocabulary.facts[name]) for name in names})
    lists = st.fixed_dictionaries({}, optional={name: _records(known) for name, known in vocabulary.lists.items()})
    return st.builds(lambda known, records: _case(vocabulary, known, records), facts, lists)


_NEAR_LISTS = {"scorecard": (2, 3), "workstreams": (0, 2)}
"""Lists that a case near a sound one has besides: the fewest records and the most."""
_MOST_CHANGES = 4


@st.composite
def near(draw: st.DrawFn, sound: Case, vocabulary: Vocabulary) -> Case:
    """Valid cases near a sound one: a history and workstreams that are well, and up to four changes of anything.

    A change gives a fact, or a field of a record, another value or takes it away; or it takes a whole list away.
    """
    drawn = {
        name: draw(st.lists(_well(vocabulary.lists[name]), min_size=fewest, max_size=most))
        for name, (fewest, most) in _NEAR_LISTS.items()
    }
    lists = {**sound.lists, **{name: _keyed(vocabulary, name, drawn) for name in drawn}}
    case = Case(sound.facts, {name: lists[name] for name in vocabulary.lists if name in lists})
    for place in draw(st.lists(st.sampled_from(_places(case, vocabulary)), unique=True, max_size=_MOST_CHANGES)):
        case = _changed(draw, case, vocabulary, place)
    return Case({name: case.facts[name] for name in vocabulary.facts if name in case.facts}, case.lists)


def _well(known: RecordList) -> st.SearchStrategy[dict[str, Any]]:
    """Records of which every field that is known and has a direction has one of its best values."""
    fields = {name: fact for name, fact in known.fields.items() if name != known.key and not fact.type.refers_to}
    best = {name: _from_best(fact) or _pool(fact) for name, fact in fields.items()}
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(order[:3]) for name, order in best.items()})


_Place = tuple[str, int, str]
"""A fact as ("", 0, name); a field as (list, position, field); a whole list as (list, -1, "")."""


def _places(case: Case, vocabulary: Vocabulary) -> list[_Place]:
    places = [("", 0, name) for name in vocabulary.facts if name not in PROFILE and name != "alliance.as_of"]
    for name, records in case.lists.items():
        known = vocabulary.lists[name]
        places.append((name, -1, ""))
        places += [
            (name, position, field)
            for position in range(len(records))
            for field, fact in known.fields.items()
            if field != known.key and not fact.type.refers_to
        ]
    return places


def _changed(draw: st.DrawFn, case: Case, vocabulary: Vocabulary, place: _Place) -> Case:
    name, position, field = place
    if not name:
        return case.with_value(field, draw(st.none() | values(vocabulary.facts[field])))
    if name not in case.lists or position < 0:
        return Case(case.facts, {other: records for other, records in case.lists.items() if other != name})
    value = draw(st.none() | values(vocabulary.lists[name].fields[field]))
    records = list(case.lists[name])
    entries = {other: entry for other, entry in records[position].entries.items() if other != field}
    if value is not None:
        entries[field] = Entry(value)
    records[position] = Record(records[position].id, entries)
    return Case(case.facts, {**case.lists, name: tuple(records)})


def _records(known: RecordList) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Records without their keys and references."""
    own = {name: values(fact) for name, fact in known.fields.items() if name != known.key and not fact.type.refers_to}
    references = {name: st.booleans() for name, fact in known.fields.items() if fact.type.refers_to}
    return st.lists(st.fixed_dictionaries({}, optional={**own, **references}), max_size=MAX_RECORDS)


def _case(vocabulary: Vocabulary, known: dict[str, Any], records: dict[str, list[dict[str, Any]]]) -> Case:
    given: dict[str, Any] = {**PROFILE, "alliance.as_of": AS_OF, **known}
    facts = {name: Entry(given[name]) for name in vocabulary.facts if name in given}
    lists = {name: _keyed(vocabulary, name, records) for name in vocabulary.lists if name in records}
    return Case(facts, lists)


def _keyed(vocabulary: Vocabulary, name: str, records: dict[str, list[dict[str, Any]]]) -> tuple[Record, ...]:
    known = vocabulary.lists[name]
    found = []
    for number, fields in enumerate(records[name]):
        id_ = _key(name, known.fields[known.key], number, len(records[name]))
        entries = {known.key: Entry(id_)}
        for field in known.fields:
            if field not in fields:
                continue
            target = known.fields[field].type.refers_to
            if target is None:
                entries[field] = Entry(fields[field])
            elif fields[field] and records.get(target):
                entries[field] = Entry(f"{target[0].upper()}0")
        found.append(Record(id_, {field: entries[field] for field in known.fields if field in entries}))
    # As the loader keeps them; periods sort by their names as well.
    return tuple(sorted(found, key=lambda record: record.id))


def _key(name: str, key: Fact, number: int, records: int) -> str:
    """The key of one of so many records: a period up to the last, a value of a choice, or an id that is made up."""
    if key.type.kind is Kind.PERIOD:
        return _PERIODS[number - records]
    return key.type.values[-1 - number] if key.type.kind is Kind.CHOICE else f"{name[0].upper()}{number}"


class Maker:
    """Makes random valid cases in a tenth of a thousandth of the time that Hypothesis takes, always from a `Random`.

    They are sparse or full, and some lean to what is better or worse. With `doubts`, entries are disputed, held with
    low confidence, old, or given with other plausible values now and then; with `days`, the date of the case varies.
    """

    def __init__(self, vocabulary: Vocabulary, doubts: float = 0.0, days: bool = False) -> None:
        self._doubts = doubts
        self._days = days
        self._facts = [
            (name, *_leanings(fact))
            for name, fact in vocabulary.facts.items()
            if name not in (*PROFILE, "alliance.as_of")
        ]
        self._lists = [
            (
                known,
                [
                    (name, fact.type.refers_to, *_field(fact))
                    for name, fact in known.fields.items()
                    if name != known.key
                ],
            )
            for known in vocabulary.lists.values()
        ]
        self._profile = {name: Entry(value) for name, value in PROFILE.items()}

    def case(self, chance: Random) -> Case:
        """One case."""
        density = chance.choice(DENSITIES)
        lean = chance.choice((0, 0, 1, 2))
        day = AS_OF + timedelta(chance.choice(_DAYS)) if self._days else AS_OF
        facts = {**self._profile, "alliance.as_of": Entry(day)}
        for name, *pools in self._facts:
            if chance.random() < density:
                pool = pools[lean if chance.random() < 0.8 else 0]
                entry = Entry(chance.choice(pool))
                facts[name] = entry if chance.random() >= self._doubts else doubted(entry, pools[0], chance)
        sizes = {known.name: chance.randint(0, MAX_RECORDS) for known, _ in self._lists if chance.random() < density}
        lists = {}
        for known, fields in self._lists:
            if known.name in sizes:
                size, key = sizes[known.name], known.fields[known.key]
                keys = [_key(known.name, key, number, size) for number in range(size)]
                records = [self._record(id_, known.key, fields, sizes, density, chance) for id_ in keys]
                lists[known.name] = tuple(sorted(records, key=lambda record: record.id))
        return Case(facts, lists)

    def _record(
        self, id_: str, key: str, fields: list[Any], sizes: dict[str, int], density: float, chance: Random
    ) -> Record:
        entries = {key: Entry(id_)}
        for name, target, pool in fields:
            if chance.random() < max(density, 0.5):
                if target is None:
                    entries[name] = Entry(chance.choice(pool))
                elif sizes.get(target):
                    entries[name] = Entry(f"{target[0].upper()}{chance.randrange(sizes[target])}")
        return Record(id_, entries)


DENSITIES = (0.1, 0.3, 0.5, 0.7, 0.9, 1.0)


def random_case(chance: Random, vocabulary: Vocabulary) -> Case:
    """A random valid case without doubts, at the usual date; a `Maker` makes many of them faster."""
    return Maker(vocabulary).case(chance)


def _leanings(fact: Fact) -> tuple[list[Value], list[Value], list[Value]]:
    """All values of a fact, the better half of them, and the worse half."""
    order = _from_best(fact) or _pool(fact)
    if not has_direction(fact):
        return order, order, order
    middle = (len(order) + 1) // 2
    return order, order[:middle], order[middle:] or order


def _field(fact: Fact) -> tuple[list[Value]]:
    return ([] if fact.type.refers_to else _pool(fact),)


def doubted(entry: Entry, pool: list[Value], chance: Random) -> Entry:
    """The entry with something that makes it doubtful, or might."""
    doubt = chance.randrange(6)
    if doubt == 0:
        return entry._replace(disputed=True)
    if doubt == 1:
        return entry._replace(confidence="low")
    if doubt == 2:
        return entry._replace(dated=AS_OF - timedelta(chance.choice((0, 30, 200, 400, 2000))))
    other = chance.choice(pool)
    if isinstance(other, (int, float, date)) and not isinstance(other, bool):
        low, high = sorted((entry.value, other))
        return entry._replace(low=low, high=high, disputed=doubt < 5, confidence="low")
    plausible = other if isinstance(other, tuple) else () if isinstance(other, bool) else (str(other),)
    return entry._replace(plausible=plausible, disputed=doubt < 5, confidence="low")


def as_document(case: Case, vocabulary: Vocabulary) -> dict[str, Any]:
    """The case as the content of a facts file."""
    document: dict[str, Any] = {}
    for name, entry in case.facts.items():
        section, _, fact = name.partition(".")
        document.setdefault(section, {})[fact] = _plain(entry.value)
    for name, records in case.lists.items():
        section, _, inner = vocabulary.lists[name].path.partition(".")
        written = [{field: _plain(entry.value) for field, entry in record.entries.items()} for record in records]
        if inner:
            document.setdefault(section, {})[inner] = written
        else:
            document[section] = written
    return document


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


class Worse(NamedTuple):
    """A case in which one fact, or one field of one record, is worse by a step; `where` names it."""

    where: str
    case: Case


def has_direction(fact: Fact) -> bool:
    """Whether the vocabulary says which values of a fact are worse."""
    return fact.type.ordered or bool(fact.better)


def worsened(case: Case, vocabulary: Vocabulary) -> Iterator[Worse]:
    """The case with each fact that has a direction made worse, one at a time, by a step and to the worst."""
    for name, entry in case.facts.items():
        for value in _worse_values(vocabulary.facts[name], entry.value):
            yield Worse(name, case.with_value(name, value))
    for list_name, records in case.lists.items():
        known = vocabulary.lists[list_name]
        fields = known.fields
        # Of a history only the latest period: where an earlier one was worse, things have got better since.
        first = len(records) - 1 if fields[known.key].type.kind is Kind.PERIOD else 0
        for position, record in enumerate(records[first:], start=max(first, 0)):
            for field, entry in record.entries.items():
                for value in _worse_values(fields[field], entry.value):
                    changed = Record(record.id, {**record.entries, field: entry._replace(value=value)})
                    others = (*records[:position], changed, *records[position + 1 :])
                    yield Worse(f"{list_name}.{field}", Case(case.facts, {**case.lists, list_name: others}))


def _worse_values(fact: Fact, value: Value) -> list[Value]:
    """The next worse value, and the worst."""
    order = _from_best(fact)
    if fact.type.kind.is_number:
        sign = 1 if fact.better == "low" else -1
        worse = [one for one in order if sign * float(str(one)) > sign * float(str(value))]
    else:
        worse = order[order.index(value) + 1 :] if order else []
    return list(dict.fromkeys([worse[0], worse[-1]])) if worse else []


def _from_best(fact: Fact) -> list[Value]:
    """The values from the best to the worst; empty where the vocabulary does not say."""
    if fact.type.ordered:
        return list(fact.type.values)
    if fact.better in ("true", "false"):
        return [fact.better == "true", fact.better != "true"]
    if fact.better:
        return sorted(_pool(fact), key=lambda one: float(str(one)), reverse=fact.better == "high")
    return []
