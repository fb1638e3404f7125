"""From arguments and gates to a recommendation, as the ruleset's weighing declares it."""
