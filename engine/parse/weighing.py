"""`weighing.yaml` and `sources.yaml` of a ruleset."""

from __future__ import annotations

from collections.abc import Collection

from engine.errors import did_you_mean, one_of
from engine.parse.fields import Fields, Problems
from engine.rules import CONFIDENCE, OPTIONS, ConfidenceRow, Option, Source, StatusQuo, Weighing
from engine.sources import Document, Mapping, Node, describe, shorten
from engine.vocabulary import Kind, Vocabulary


def parse_weighing(
    document: Document,
    functions: tuple[str, ...],
    vocabulary: Vocabulary,
    measures: Collection[str],
    problems: Problems,
) -> Weighing:
    """The declared weighing; `functions` are the weighing functions that exist, `measures` the measures, by name."""
    empty = Weighing("", {}, {}, {}, (), 0, ())
    if not isinstance(document.root, Mapping):
        if document.root is not None:
            message = f"expected strengths, grounds and options, found {describe(document.root)}"
            problems.add(document.root.location, message)
        return empty
    fields = Fields(document.root, "the weighing", problems)
    function = fields.word("function", functions, required=True)
    strengths = _numbers(fields, "strengths", problems)
    grounds = fields.named_texts("grounds", required=True)
    options = _options(fields, measures, problems)
    readiness = fields.mapping("readiness", required=True)
    decisive: tuple[str, ...] = ()
    known_at_least = 0
    if readiness is not None:
        inner = Fields(readiness, "`readiness`", problems)
        for scalar in inner.scalars("decisive", required=True):
            if scalar.text not in vocabulary.facts:
                hint = did_you_mean(scalar.text, vocabulary.facts)
                problems.add(scalar.location, f"there is no fact `{shorten(scalar.text)}`", hint)
            else:
                decisive += (scalar.text,)
        known_at_least = int(inner.number("known_at_least", Kind.COUNT, required=True) or 0)
        inner.finish()
    confidence = _levels(fields.sequence("confidence", required=True), problems)
    status_quo = _status_quo(fields.mapping("status_quo"), problems)
    fields.finish()
    return Weighing(function, strengths, grounds, options, decisive, known_at_least, confidence, status_quo)


def _status_quo(node: Mapping | None, problems: Problems) -> StatusQuo | None:
    """What is declared about going on unchanged; whether some rule makes the diagnosis is not known yet."""
    if node is None:
        return None
    inner = Fields(node, "`status_quo`", problems)
    barred_by = inner.text("barred_by", required=True)
    least_score = float(inner.number("least_score", required=True) or 0)
    inner.finish()
    return StatusQuo(barred_by, least_score, inner.at("barred_by"))


def _numbers(fields: Fields, key: str, problems: Problems) -> dict[str, float]:
    node = fields.mapping(key, required=True)
    found: dict[str, float] = {}
    if node is not None:
        if not node.entries:
            problems.add(node.location, f"`{key}` is empty, expected names and points")
        inner = Fields(node, f"`{key}`", problems)
        for name in node.entries:
            number = inner.number(name)
            if number is not None and number <= 0:
                problems.add(inner.at(name), f"`{name}` is {number}, expected points above 0")
            # A strength whose points are at fault exists all the same: rules may use it.
            found[name] = number if number is not None else 1
    return found


def _options(fields: Fields, measures: Collection[str], problems: Problems) -> dict[str, Option]:
    found: dict[str, Option] = {}
    for node in fields.sequence("options", required=True):
        if not isinstance(node, Mapping):
            problems.add(node.location, f"expected an option, found {describe(node)}")
            continue
        inner = Fields(node, "an option", problems)
        id_ = inner.word("id", OPTIONS, required=True)
        forms = inner.named_texts("forms", required=True)
        default = inner.word("default_form", forms, required=True) if forms else inner.text("default_form")
        option = Option(
            id=id_,
            title=inner.text("title", required=True),
            meaning=inner.text("meaning", required=True),
            resolution=inner.text("resolution", required=True),
            margin=float(inner.number("margin", required=True) or 0),
            default_form=default,
            forms=forms,
            risks_of_acting=inner.texts("risk_of_acting", required=True),
            risks_of_not_acting=inner.texts("risk_of_not_acting", required=True),
            review_days=int(inner.number("review_days", Kind.COUNT, required=True) or 0),
            present_value=inner.text("present_value"),
        )
        if option.present_value and option.present_value not in measures:
            hint = did_you_mean(option.present_value, measures)
            problems.add(inner.at("present_value"), f"there is no measure `{shorten(option.present_value)}`", hint)
        if option.margin < 0:
            problems.add(inner.at("margin"), "a margin is at least 0")
        inner.finish()
        if id_ in found:
            problems.add(inner.at("id"), f"option `{id_}` is declared twice")
        found[id_] = option
    if tuple(found) != OPTIONS:
        problems.add(fields.at("options"), f"expected all six options in this order: {', '.join(OPTIONS)}")
    return found


def _levels(nodes: Collection[Node], problems: Problems) -> tuple[ConfidenceRow, ...]:
    """The rows of `confidence`. The more is open, the lower the level: the first that is reached counts."""
    found: list[ConfidenceRow] = []
    for node in nodes:
        row = _confidence(node, problems)
        if row is None:
            continue
        if found and row.level and found[-1].level and CONFIDENCE.index(row.level) <= CONFIDENCE.index(found[-1].level):
            hint = f"levels stand in the order {', '.join(CONFIDENCE)}, each once"
            problems.add(node.location, f"`{row.level}` stands after `{found[-1].level}`", hint)
        found.append(row)
    return tuple(found)


def _confidence(node: Node, problems: Problems) -> ConfidenceRow | None:
    if not isinstance(node, Mapping):
        problems.add(node.location, f"expected a row with `level` and `lead`, found {describe(node)}")
        return None
    inner = Fields(node, "a row of `confidence`", problems)
    level = inner.word("level", CONFIDENCE, required=True)
    lead = inner.number("lead", required=True)
    doubts = inner.number("open_doubts", Kind.COUNT)
    inner.finish()
    return ConfidenceRow(level, float(lead or 0), int(doubts) if doubts is not None else None)


def parse_sources(document: Document, problems: Problems) -> dict[str, Source]:
    """What rules may cite, by id."""
    if not isinstance(document.root, Mapping):
        if document.root is not None:
            problems.add(document.root.location, f"expected documents and items, found {describe(document.root)}")
        return {}
    fields = Fields(document.root, "the sources", problems)
    documents = fields.mapping("documents", required=True)
    items = fields.mapping("items", required=True)
    fields.finish()
    titles: dict[str, str] = {}
    for id_, node in documents.entries.items() if documents is not None else ():
        if isinstance(node, Mapping):
            inner = Fields(node, f"document `{shorten(id_)}`", problems)
            titles[id_] = inner.text("title", required=True)
            for key in ("kind", "note", "author"):
                inner.text(key)
            inner.finish()
        else:
            problems.add(node.location, f"document `{shorten(id_)}` is {describe(node)}, expected a title")
    found: dict[str, Source] = {}
    for id_, node in items.entries.items() if items is not None else ():
        if not isinstance(node, Mapping):
            problems.add(node.location, f"source `{shorten(id_)}` is {describe(node)}, expected a title")
            continue
        inner = Fields(node, f"source `{shorten(id_)}`", problems)
        prefix = id_.partition(".")[0].rstrip("0123456789") if "." not in id_ else id_.partition(".")[0]
        home = inner.text("document", default=prefix)
        if home not in titles:
            problems.add(node.location, f"source `{shorten(id_)}` belongs to no document", f"expected {one_of(titles)}")
        title, section, unused = inner.text("title", required=True), inner.text("section"), inner.text("unused")
        found[id_] = Source(id_, title, section, titles.get(home, ""), unused)
        inner.word("strength", ("hard", "3", "2", "1"))
        inner.text("note")
        inner.finish()
    return found
