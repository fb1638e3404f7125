"""The rules on many cases at once, a column at a time: the bulk backend.

It needs Polars and NumPy, which are not installed with the rest: importing this package is the one place where that
is noticed. Its meaning is that of `engine.evaluate`, to the last bit. The way through the modules:

    table         cases, or variations of one case, as columns
    columns       the columns: codes into distinct values, numbers, record lists
    encoding      values and records become codes
    dependence    what varies beneath a condition or measure, and what is therefore the same in every row
    counting      which records of each distinct list pass, and how many
    records       measures over the records of each distinct list
    arithmetic    measures over several columns, as Python works them out
    rounding      Python's `round` and `sum` on arrays
    values        facts and measures: worked out where they vary, once where they do not
    questions     each question that the rules ask, answered for every row
    expressions   conditions over those answers as expressions of Polars
    order         in which order rules are settled
    settling      all rules over a chunk of rows
"""

from engine.extras import has_bulk, not_installed

if not has_bulk():
    raise not_installed("judging many cases at once needs Polars and NumPy, which are not installed")
