"""Fixtures that several folders of tests share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from engine.rules import Ruleset
from engine.vocabulary import Vocabulary
from tests import small

settings.register_profile("default", deadline=None)
settings.load_profile("default")


@pytest.fixture(scope="session")
def small_ruleset() -> Ruleset:
    """The small ruleset of the tests."""
    return small.ruleset()


@pytest.fixture(scope="session")
def small_vocabulary() -> Vocabulary:
    """The vocabulary of the small ruleset."""
    return small.vocabulary()


@pytest.fixture
def ruleset_copy(tmp_path: Path) -> Path:
    """A copy of the small ruleset that a test may spoil."""
    return Path(shutil.copytree(small.FOLDER, tmp_path / "ruleset"))
