"""A folder becomes a ruleset: all its problems are found in one reading."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from engine.errors import Location, NotFoundError, RulesetError
from engine.parse.fields import Fields, Problems
from engine.parse.layers import Circle, layered
from engine.parse.measures import parse_measures
from engine.parse.names import RECOMMENDATION, Names
from engine.parse.rules import parse_rules
from engine.parse.vocabulary import PROFILE, check_profile, parse_vocabulary
from engine.parse.weighing import parse_sources, parse_weighing
from engine.rules import Ruleset, Weighing
from engine.sources import Document, Mapping, Scalar, parse, read
from engine.vocabulary import Kind, ValueType

WEIGHING_FUNCTIONS = ("strongest-per-ground", "sum-of-all")
"""The names of the weighing functions; their meaning is in `engine.decision.weighing`."""


def load_ruleset(folder: Path, shown_as: str | None = None) -> Ruleset:
    """Reads a ruleset. Raises RulesetError with all its problems, NotFoundError where it is not a folder.

    `shown_as` replaces the folder's path in messages.
    """
    if folder.exists() and not folder.is_dir():
        raise NotFoundError(f"`{shown_as or folder}` is a file, expected the folder of a ruleset")
    if not folder.is_dir():
        raise NotFoundError(f"there is no ruleset folder `{shown_as or folder}`")
    prefix = shown_as if shown_as is not None else str(folder)
    return _read(_Files(folder, prefix))


class _Files:
    """The files of a ruleset by kind, and the hash of everything they hold."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self.folder = folder
        self.prefix = prefix
        self.problems = Problems()
        self._digest: list[tuple[str, bytes]] = []

    def place(self, name: str) -> Location:
        return Location(f"{self.prefix}/{name}", 1, 1)

    def one(self, name: str) -> Document:
        """The document of one file that must be there."""
        if not (self.folder / name).is_file():
            if not os.path.lexists(self.folder / name):
                self.problems.add(self.place(name), "this file of the ruleset is missing")
            return Document(name, None)
        return self._document(self.folder / name)

    def several(self, *patterns: str) -> list[Document]:
        """The documents of all files that match, in the order of their paths."""
        found = (path for pattern in patterns for path in self.folder.glob(pattern))
        paths = {path for path in found if not path.name.startswith(".") and path.is_file()}
        return [self._document(path) for path in sorted(paths, key=lambda path: path.relative_to(self.folder).parts)]

    def check_names(self) -> None:
        """Reports what looks like part of the ruleset and is not read."""
        for path in sorted(self.folder.rglob("*.yaml")):
            if not path.name.startswith(".") and not path.is_file():
                place = self.place(path.relative_to(self.folder).as_posix())
                what = "a folder" if path.is_dir() else "a link to nothing" if path.is_symlink() else "no ordinary file"
                self.problems.add(place, f"this is {what}, expected a file of the ruleset", "rename it or take it away")
        for path in sorted(self.folder.rglob("*.yml")):
            place = self.place(path.relative_to(self.folder).as_posix())
            self.problems.add(place, "files of a ruleset end in `.yaml`; this one is not read", "rename it")

    def _document(self, path: Path) -> Document:
        _, content = read(str(path))
        relative = path.relative_to(self.folder).as_posix()
        self._digest.append((relative, content))
        document = parse(f"{self.prefix}/{relative}", content)
        self.problems.found.extend(document.problems)
        return document

    def sha256(self) -> str:
        """One hash over the names and contents of all files read."""
        digest = hashlib.sha256()
        for name, content in sorted(self._digest):
            for part in (name.encode(), content):
                digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()


def _read(files: _Files) -> Ruleset:
    problems = files.problems
    if (files.folder / "ruleset.yaml").is_file():
        # Below a folder that is no ruleset there may be anything, and any amount of it.
        files.check_names()
    manifest = _manifest(files.one("ruleset.yaml"), problems)
    documents = files.several("vocabulary/*.yaml")
    weighed, cited = files.one("weighing.yaml"), files.one("sources.yaml")
    if not documents:
        hint = "its files are `vocabulary/*.yaml`, one a section"
        problems.add(files.place("vocabulary"), "the ruleset has no vocabulary", hint)
        raise RulesetError(problems.found)
    vocabulary = parse_vocabulary(documents, manifest.sections, problems)
    check_profile(vocabulary, files.place("vocabulary"), problems)
    if not PROFILE.keys() <= vocabulary.facts.keys():
        # What is wrong with it is noted; without it most other lines would be reported for the same reason.
        raise RulesetError(problems.found)
    declared = parse_measures(files.several("measures*.yaml"), vocabulary, problems)
    weighing = parse_weighing(weighed, WEIGHING_FUNCTIONS, vocabulary, declared, problems)
    sources = parse_sources(cited, problems)
    measure_by_id = {id_: measure for id_, measure in declared.items() if measure is not None}
    if not weighing.options or not weighing.grounds or not weighing.strengths:
        # What is wrong with them is noted; without them every rule would be reported for the same reason.
        raise RulesetError(problems.found)
    names = Names(vocabulary, declared, recommendation_types(weighing))
    rules = parse_rules(files.several("rules/**/*.yaml"), names, weighing, sources, problems)
    if not rules and not problems.found:
        problems.add(files.place("rules"), "the ruleset has no rules")
    ordered, circle = layered(rules)
    if circle is not None:
        _note_circle(circle, problems)
    if problems.found:
        raise RulesetError(problems.found)
    return Ruleset(
        name=manifest.name,
        version=manifest.version,
        title=manifest.title,
        description=manifest.description,
        vocabulary=vocabulary,
        measures=tuple(measure_by_id.values()),
        rules=ordered,
        weighing=weighing,
        sources=sources,
        sha256=files.sha256(),
        history=manifest.history,
        by_id={rule.id: rule for rule in ordered},
        measure_by_id=measure_by_id,
    )


def recommendation_types(weighing: Weighing) -> dict[str, ValueType]:
    """The types of the facts that the weighing adds."""
    forms = dict.fromkeys(form for option in weighing.options.values() for form in option.forms)
    return {**RECOMMENDATION, "recommendation.form": ValueType(Kind.CHOICE, tuple(forms))}


class _Manifest(NamedTuple):
    """What `ruleset.yaml` says; `sections` is the order in which people read the vocabulary."""

    name: str = ""
    version: str = ""
    title: str = ""
    description: str = ""
    history: tuple[str, ...] = ()
    sections: tuple[Scalar, ...] = ()


def _manifest(document: Document, problems: Problems) -> _Manifest:
    if not isinstance(document.root, Mapping):
        return _Manifest()
    fields = Fields(document.root, "the ruleset", problems)
    manifest = _Manifest(
        name=fields.text("name", required=True),
        version=fields.text("version", required=True),
        title=fields.text("title", required=True),
        description=fields.text("description", required=True),
        history=fields.texts("history"),
        sections=fields.scalars("sections"),
    )
    fields.finish()
    return manifest


def _note_circle(circle: Circle, problems: Problems) -> None:
    chain = " → ".join(f"`{rule.id}`" for rule in (*circle.rules, circle.rules[0]))
    problems.add(
        circle.asked,
        f"rules depend on their own absence, in a circle: {chain}",
        "let one of them ask for something that is settled before",
    )
