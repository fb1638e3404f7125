"""After a fault of the engine nothing of it is touched again: a half-built session crashes the process."""

from __future__ import annotations

from typing import Any

import durable_rules_engine as durable
import pytest

from engine.backends import durable as backend_module
from engine.backends.durable import DurableBackend
from engine.errors import EngineFault
from engine.rules import Diagnosis
from tests.parity.world import rule, situation


class Failing:
    """Stands in for the engine's extension: one of its calls fails, after so many that do not."""

    error = durable.error

    def __init__(self, call: str, after: int = 0, answer: object = None) -> None:
        self.call = call
        self.left = after
        self.answer = answer
        self.deleted: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def forward(*arguments: object) -> object:
            if name.startswith("delete"):
                self.deleted.append(name)
            if name == self.call:
                self.left -= 1
                if self.left < 0:
                    if self.answer is not None:
                        return self.answer
                    raise durable.error(303)
            return getattr(durable, name)(*arguments)

        return forward


@pytest.mark.parametrize(
    ("call", "after"),
    [
        ("assert_fact", 0),
        ("assert_fact", 1),
        ("assert_fact", 2),
        ("start_action_for_state", 0),
        ("complete_and_start_action", 0),
        ("complete_and_start_action", 1),
        ("delete_state", 0),
    ],
)
def test_after_a_fault_the_engine_is_not_touched_again(monkeypatch: pytest.MonkeyPatch, call: str, after: int) -> None:
    backend = DurableBackend([rule("only", "deal.trust at least 3", Diagnosis("shown"))])
    facts = situation({"deal.trust": 3})
    assert backend.run(facts).fired == {"only"}
    failing = Failing(call, after)
    monkeypatch.setattr(backend_module, "durable", failing)
    with pytest.raises(EngineFault, match="failed with code 303"):
        backend.run(facts)
    # The half-built session must not be deleted, nor the ruleset: either may crash the process.
    tried = ["delete_state"] if call == "delete_state" else []
    assert failing.deleted == tried
    monkeypatch.undo()
    with pytest.raises(EngineFault, match="cannot be used"):
        backend.run(facts)
    monkeypatch.setattr(backend_module, "durable", failing)
    backend.close()
    assert failing.deleted == tried


def test_a_fact_that_the_engine_takes_for_a_known_one_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = DurableBackend([rule("only", "deal.trust at least 3", Diagnosis("shown"))])
    monkeypatch.setattr(backend_module, "durable", Failing("assert_fact", after=1, answer=(2, 0)))
    with pytest.raises(EngineFault, match="refused a fact with code 2"):
        backend.run(situation({"deal.trust": 3}))
    with pytest.raises(EngineFault, match="cannot be used"):
        backend.run(situation({"deal.trust": 3}))


def test_too_many_facts_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend_module, "_MAX_FACTS", 2)
    backend = DurableBackend([rule("only", "deal.trust at least 3", Diagnosis("shown"))])
    with pytest.raises(EngineFault, match="more than 2 facts"):
        backend.run(situation({"deal.trust": 3}))


def test_another_backend_goes_on_after_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    only = [rule("only", "deal.trust at least 3", Diagnosis("shown"))]
    broken, sound = DurableBackend(only), DurableBackend(only)
    with monkeypatch.context() as patch:
        patch.setattr(backend_module, "durable", Failing("assert_fact", 1))
        with pytest.raises(EngineFault):
            broken.run(situation({"deal.trust": 3}))
    with sound:
        assert sound.run(situation({"deal.trust": 3})).fired == {"only"}


def test_a_ruleset_that_the_engine_refuses_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend_module, "durable", Failing("create_ruleset"))
    with pytest.raises(EngineFault, match="refused the rules with code 303"):
        DurableBackend([rule("only", "deal.trust at least 3", Diagnosis("shown"))])


def test_a_closed_backend_is_not_used_again() -> None:
    backend = DurableBackend([rule("only", "deal.trust at least 3", Diagnosis("shown"))])
    backend.close()
    backend.close()
    with pytest.raises(EngineFault, match="closed"):
        backend.run(situation())
