"""The tests of a ruleset: cases written as data beside its rules, and what is expected of them.

A test names, in a sentence, a case in which rules fire; its near misses change that case by little, so that they do
not. All files `tests/**/*.yaml` of a ruleset are read. A file may name cases that its tests begin with; those of
`tests/cases.yaml` are there for the tests of all files.
"""

from __future__ import annotations

from collections.abc import Mapping as Named
from pathlib import Path
from typing import NamedTuple

from engine.case import Case
from engine.errors import FactsError, Location, NotFoundError, RulesetError, did_you_mean, one_of
from engine.facts_changes import Changer
from engine.facts_file import case_of
from engine.parse.fields import Fields, Problems
from engine.rules import OPTIONS, READINESS, STATUSES, Argument, Ruleset
from engine.sources import Document, Mapping, Node, Scalar, describe, parse, read, shorten

SHARED = "cases.yaml"
"""The file of the cases with which the tests of all files may begin; it holds no tests."""

PROFILE = {"name": "The alliance", "us": "Our company", "partner": "The partner", "as_of": "2025-06-30"}
"""What a test need not say of its alliance."""


class Expected(NamedTuple):
    """A name that is expected, and where the expectation stands."""

    name: str
    location: Location


class RuleTest(NamedTuple):
    """One test: a case, the rules that must fire and those that must not, and what else is expected of it.

    `near_miss_of` is the sentence of the test that this one changes by little; empty for a test of its own. `counts`
    are rules of which an argument must be counted; `status` holds options with the status that their gates must leave.
    """

    sentence: str
    location: Location
    case: Case
    fires: tuple[Expected, ...]
    silent: tuple[Expected, ...]
    counts: tuple[Expected, ...]
    option: Expected | None
    form: Expected | None
    readiness: Expected | None
    status: tuple[tuple[str, Expected], ...]
    near_miss_of: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The rules of which something is expected."""
        return frozenset(one.name for one in (*self.fires, *self.silent, *self.counts))


def load_tests(folder: Path, ruleset: Ruleset, shown_as: str | None = None) -> tuple[RuleTest, ...]:
    """All tests of a ruleset folder. Raises RulesetError with all problems, NotFoundError where there are no tests."""
    prefix = shown_as if shown_as is not None else str(folder)
    problems = Problems()
    documents = [_document(path, prefix, folder, problems) for path in _files(folder)]
    shared = [one for one in documents if one.file == f"{prefix}/tests/{SHARED}"]
    reader = _Reader(ruleset, _shared_cases(shared, problems), problems)
    tests = [test for one in documents if one not in shared for test in reader.file(one)]
    reader.finish()
    if problems.found:
        raise RulesetError(problems.found)
    if not tests:
        hint = "write them into files `tests/*.yaml` of the ruleset"
        raise NotFoundError(f"the ruleset `{prefix}` has no tests\n  hint: {hint}")
    return tuple(tests)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("tests/**/*.yaml") if path.is_file() and not path.name.startswith("."))


def _document(path: Path, prefix: str, folder: Path, problems: Problems) -> Document:
    _, content = read(str(path))
    document = parse(f"{prefix}/{path.relative_to(folder).as_posix()}", content)
    problems.found.extend(document.problems)
    return document


class _NamedCase:
    """Facts under a name, with which tests begin; `used` is whether one does."""

    def __init__(self, facts: Mapping, location: Location, start: Location) -> None:
        self.facts = _laid_over(_profile(start), facts)
        self.location = location
        self.used = False


def _shared_cases(documents: list[Document], problems: Problems) -> dict[str, _NamedCase]:
    """The shared cases by name."""
    found: dict[str, _NamedCase] = {}
    for document in documents:
        if not isinstance(document.root, Mapping):
            if document.root is not None:
                problems.add(document.root.location, f"expected `cases:`, found {describe(document.root)}")
            continue
        fields = Fields(document.root, "the file of shared cases", problems)
        found.update(_named_cases(fields, problems, required=True))
        fields.finish()
    return found


def _named_cases(fields: Fields, problems: Problems, required: bool = False) -> dict[str, _NamedCase]:
    """The facts under each name in `cases`."""
    node = fields.mapping("cases", required)
    found: dict[str, _NamedCase] = {}
    for name, facts in node.entries.items() if node is not None else ():
        if isinstance(facts, Mapping):
            assert node is not None
            found[name] = _NamedCase(facts, node.keys[name], fields.location)
        else:
            problems.add(facts.location, f"the case `{shorten(name)}` is {describe(facts)}, expected facts")
    return found


class _Reader:
    """Reads the tests of one file after the other."""

    def __init__(self, ruleset: Ruleset, cases: Named[str, _NamedCase], problems: Problems) -> None:
        self.ruleset = ruleset
        self.shared = cases
        self.cases = cases
        self.named = list(cases.items())
        self.problems = problems
        self.all_read = True
        self.sentences: dict[str, Location] = {}
        self.forms = tuple(dict.fromkeys(form for one in ruleset.weighing.options.values() for form in one.forms))

    def file(self, document: Document) -> list[RuleTest]:
        if not isinstance(document.root, Mapping):
            self.all_read = False
            if document.root is not None:
                self.problems.add(document.root.location, f"expected `tests:`, found {describe(document.root)}")
            return []
        fields = Fields(document.root, "a file of tests", self.problems)
        own = _named_cases(fields, self.problems)
        self.cases = {**self.shared, **own}
        self.named += own.items()
        tests = [
            test
            for node in fields.sequence("tests", required=True)
            for test in self._test_with_near_misses(node, document.root.location)
        ]
        fields.finish()
        return tests

    def finish(self) -> None:
        """Checks, after all files, that every named case is right, whatever tests make of its facts, and is used."""
        for name, one in self.named:
            self._case(one.facts, one.location)
            # A test that could not be read may have been the one that uses it.
            if self.all_read and not one.used:
                message = f"no test begins with the case `{shorten(name)}`"
                self.problems.add(one.location, message, "name it in `case` of a test, or take it away")

    def _test_with_near_misses(self, node: Node, start: Location) -> list[RuleTest]:
        fields = self._fields(node, "a test")
        if fields is None:
            return []
        facts = self._facts(fields, start)
        tests = [self._test(fields, facts, "")]
        for child in fields.sequence("near_misses"):
            inner = self._fields(child, "a near miss")
            if inner is None:
                continue
            before = len(self.problems.found)
            changed = self._changed(inner, facts)
            sound = len(self.problems.found) == before
            near_miss = self._test(inner, changed, tests[0].sentence)
            inner.finish()
            if {one.name for one in tests[0].fires}.isdisjoint(one.name for one in near_miss.silent):
                message = (
                    "a near miss names in `silent` a rule that fires in the test above it, and this one names none"
                )
                self.problems.add(near_miss.location, message)
            # A change that cannot be made is at fault once.
            if sound and near_miss.case == tests[0].case and near_miss.case.facts:
                self.problems.add(near_miss.location, "the near miss changes nothing in the case above it")
            tests.append(near_miss)
        fields.finish()
        return tests

    def _fields(self, node: Node, what: str) -> Fields | None:
        if isinstance(node, Mapping):
            return Fields(node, what, self.problems)
        self.all_read = False
        self.problems.add(node.location, f"expected {what} with `test: …`, found {describe(node)}")
        return None

    def _facts(self, fields: Fields, start: Location) -> Mapping:
        """The facts of a test: the profile, the shared case that it begins with, and its own over them."""
        facts = _profile(start)
        name = fields.scalar("case")
        if name is not None and name.text in self.cases:
            begun = self.cases[name.text]
            begun.used = True
            facts = begun.facts
        elif name is not None:
            self.all_read = False
            hint = did_you_mean(name.text, self.cases, f"declare it under `cases`, here or in tests/{SHARED}")
            self.problems.add(name.location, f"there is no case `{shorten(name.text)}`", hint)
        own = fields.mapping("facts", required=name is None)
        return facts if own is None else _laid_over(facts, own)

    def _changed(self, fields: Fields, facts: Mapping) -> Mapping:
        """The facts of the test above with the changes of a near miss."""
        change, without = fields.mapping("change"), fields.scalars("without")
        if change is None and not without:
            self.problems.add(fields.location, "a near miss says what differs, in `change` or `without`")
        changer = Changer(facts, self.ruleset.vocabulary, self.problems)
        for path, value in change.entries.items() if change is not None else ():
            changer.put(path, value, change.keys[path] if change is not None else fields.location)
        for one in without:
            changer.drop(one)
        return changer.facts

    def _test(self, fields: Fields, facts: Mapping, near_miss_of: str) -> RuleTest:
        sentence = fields.text("test", required=True)
        place = fields.at("test")
        if sentence in self.sentences and sentence:
            self.problems.add(place, f"another test has the same sentence, at {self.sentences[sentence]}")
        self.sentences.setdefault(sentence, place)
        fires = self._rules(fields, "fires", required=True)
        silent = self._rules(fields, "silent", required=True)
        counts = self._rules(fields, "counts")
        self._contradictions(fires, silent, counts)
        option = self._word(fields, "option", OPTIONS)
        return RuleTest(
            sentence=sentence,
            location=place,
            case=self._case(facts, place),
            fires=fires,
            silent=silent,
            counts=counts,
            option=option,
            form=self._form(fields, option),
            readiness=self._word(fields, "readiness", READINESS),
            status=self._status(fields),
            near_miss_of=near_miss_of,
        )

    def _case(self, facts: Mapping, place: Location) -> Case:
        try:
            return case_of(place.file, facts, self.ruleset.vocabulary)
        except FactsError as error:
            known = set(self.problems.found)
            # Facts that several tests share are at fault once.
            self.problems.found += [problem for problem in error.problems if problem not in known]
            return Case({}, {})

    def _rules(self, fields: Fields, key: str, required: bool = False) -> tuple[Expected, ...]:
        found = []
        for one in fields.scalars(key, required):
            if one.text not in self.ruleset.by_id:
                hint = did_you_mean(one.text, self.ruleset.by_id)
                self.problems.add(one.location, f"there is no rule `{shorten(one.text)}`", hint)
            found.append(Expected(one.text, one.location))
        if key in fields.node.entries and not found:
            self.problems.add(fields.at(key), f"`{key}` is empty, expected at least one rule")
        return tuple(found)

    def _contradictions(
        self, fires: tuple[Expected, ...], silent: tuple[Expected, ...], counts: tuple[Expected, ...]
    ) -> None:
        """One rule cannot both fire and be silent, and only arguments count."""
        firing = {one.name: "fires" for one in fires} | {one.name: "counts" for one in counts}
        for one in silent:
            if one.name in firing:
                message = f"`{shorten(one.name)}` stands in `{firing[one.name]}` and in `silent` of one test"
                self.problems.add(one.location, message)
        for one in counts:
            rule = self.ruleset.by_id.get(one.name)
            if rule is not None and not any(isinstance(part, Argument) for part in rule.then):
                message = f"the rule `{one.name}` argues for and against nothing, so it never counts"
                self.problems.add(one.location, message)

    def _form(self, fields: Fields, option: Expected | None) -> Expected | None:
        """A form that is expected; where an option is expected as well, one of its forms."""
        form = self._word(fields, "form", self.forms)
        if form is None or option is None:
            return form
        own = self.ruleset.weighing.options[option.name].forms
        if form.name not in own:
            message = f"`{form.name}` is no form of `{option.name}`, expected {one_of(own)}"
            self.problems.add(form.location, message)
        return form

    def _word(self, fields: Fields, key: str, allowed: tuple[str, ...]) -> Expected | None:
        word = fields.word(key, allowed)
        return Expected(word, fields.at(key)) if word else None

    def _status(self, fields: Fields) -> tuple[tuple[str, Expected], ...]:
        node = fields.mapping("status")
        if node is None:
            return ()
        inner = Fields(node, "`status`", self.problems)
        found = [(option, word) for option in OPTIONS if (word := self._word(inner, option, STATUSES)) is not None]
        inner.finish()
        return tuple(found)


def _profile(start: Location) -> Mapping:
    values: dict[str, Node] = {name: Scalar(text, False, start) for name, text in PROFILE.items()}
    return Mapping({"alliance": Mapping(values, dict.fromkeys(values, start), start)}, {"alliance": start}, start)


def _laid_over(below: Mapping, above: Mapping) -> Mapping:
    """The facts of both; where both give a fact or a list, it is the one above."""
    entries, keys = dict(below.entries), {**below.keys, **above.keys}
    for name, node in above.entries.items():
        old = entries.get(name)
        if isinstance(old, Mapping) and isinstance(node, Mapping):
            entries[name] = Mapping({**old.entries, **node.entries}, {**old.keys, **node.keys}, node.location)
        else:
            entries[name] = node
    return Mapping(entries, keys, above.location)
