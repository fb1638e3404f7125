"""Values that take their time: none of them is worked out before a template asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class WhenAsked(Mapping[str, Any]):
    """Values by name, worked out together, once, when the first of them is asked for."""

    def __init__(self, work: Callable[[], Mapping[str, Any]]) -> None:
        self._work = work
        self._values: Mapping[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        return self._worked_out[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._worked_out)

    def __len__(self) -> int:
        return len(self._worked_out)

    @property
    def _worked_out(self) -> Mapping[str, Any]:
        if self._values is None:
            self._values = self._work()
        return self._values
