"""Assessments and explanations as pages for a person at a terminal."""
