"""Alliance Advisor: a rules-engine expert system for decisions about strategic alliances."""

__version__ = "1.0.0"
