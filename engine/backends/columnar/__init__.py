"""The rules on many cases at once, a column at a time: the bulk backend.

It needs Polars and NumPy, which are not installed with the rest: importing this package is the one place where that
is noticed. Its meaning is that of `engine.evaluate`, to the last bit. The way through the modules:

    table         cases, or variations of one case, as columns
    columns       the columns: codes into distinct values, numbers, record lists
    dependence    what varies beneath a condition or measure, and what is therefore the same in every row
    records       what is counted and measured over the records of each distinct list
    arithmetic    measures over several columns, as Python works them out
    rounding      Python's `round` and `sum` on arrays
    answers       each question that the rules ask, answered for every row
    expressions   conditions over those answers as expressions of Polars
    order         in which order rules are settled
    settling      all rules over a chunk of rows
"""

from importlib.util import find_spec

from engine.errors import NotInstalledError

_NEEDED = ("numpy", "polars")

if any(find_spec(name) is None for name in _NEEDED):
    raise NotInstalledError(
        "judging many cases at once needs Polars and NumPy, which are not installed"
        "\n  hint: pip install 'alliance-advisor[bulk]'"
    )
