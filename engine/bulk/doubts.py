"""Decisive facts in doubt, of which another value leads to another option, for all rows of a table.

Every row in which a decisive fact is unknown, stale or doubtful is judged again with each other value that the fact
may have, as `engine.explain.missing` does it for one case.
"""

from __future__ import annotations

import numpy as np

from engine.bulk.answers import Answers
from engine.bulk.trying import Trial, Trying
from engine.rules import READINESS


def with_doubts(answers: Answers, trying: Trying) -> Answers:
    """The answers with the options that decisive doubts lead to, and what these make of readiness."""
    every = np.arange(answers.rows)
    trials = [Trial(name, every) for name in answers.ruleset.weighing.decisive_facts]
    reached = trying.options_reached(trials, answers.winner)
    doubts = {one.fact: options for one, options in zip(trials, reached, strict=True)}
    assert answers.readiness is not None
    readiness = answers.readiness.copy()
    for options in doubts.values():
        np.maximum(readiness, np.where(options != 0, READINESS.index("hold"), 0).astype(np.uint8), out=readiness)
    return answers._replace(doubts=doubts, readiness=readiness)
