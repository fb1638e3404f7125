"""Engines that run a compiled ruleset: independent of each other, with one meaning."""
