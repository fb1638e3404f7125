"""Many cases or scenarios judged at once, to the same answers as one by one.

It needs what `pip install 'alliance-advisor[bulk]'` brings; importing it without raises NotInstalledError.
"""

from engine.backends.columnar.table import Table
from engine.bulk.answers import Answers
from engine.bulk.judging import Bulk

__all__ = ["Answers", "Bulk", "Table"]
