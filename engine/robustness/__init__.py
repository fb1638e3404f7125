"""Whether the answer survives the doubt in the facts: it is judged in every world that the doubts leave possible.

    doubts       what is in doubt in a case, and which values each doubtful entry may have
    comparisons  what rules ask of a value, and so which values are alike
    worlds       which worlds are looked at: all of them, or a sample
    halton       the sample: points that lie evenly
    merging      sorts of values, and record lists, that make no difference in this case
    columns      worlds as columns of a table
    robustness   what is found
    finding      from a case to what is found

Judging worlds needs what `pip install 'alliance-advisor[bulk]'` brings.
"""

# First of all, so that where NumPy is missing it is said how to install it.
import engine.bulk as _needed  # noqa: F401
