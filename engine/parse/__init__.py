"""The files of a ruleset become a ruleset: every problem is found in one reading, each at its place."""
