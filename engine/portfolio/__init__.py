"""Many alliances at once: read from facts files and tables, judged, and put in order of urgency."""
