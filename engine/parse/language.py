"""One line of controlled English becomes one condition node.

    condition  = made | counted | listed | NAME comparison
    made       = [ "no" ] ( "finding" ID [ "at least" SEVERITY ] | "diagnosis" ID )
    counted    = ( "some" | "no" | "every" | limit NUMBER ) LIST [ "where" test { "and" test } ]
    listed     = LIST "is" [ "not" ] ( "known" | "unknown" )
    test       = FIELD comparison
    comparison = ( "is" | "=" | "!=" ) [ "not" ] ( "known" | "unknown" | "one of" values | VALUE )
               | limit NUMBER | "between" VALUE "and" VALUE | order VALUE
               | "includes" [ "one of" ] values | "does not include" values
               | ( "before" | "after" ) DATE | "within" NUMBER "days" ( "of" | "before" | "after" ) DATE
    limit      = "at least" | "at most" | "more than" | "less than" | "fewer than" | ">=" | "<=" | ">" | "<"
    order      = "worse than" | "better than" | "no worse than" | "no better than"

A recursive descent of our own, so that every message can name the exact column.
"""

from __future__ import annotations

import re
from datetime import date

from engine.conditions import DAYS, SEVERITIES, Check, Condition, Count, ListKnown, Made, Mismatch, Operand
from engine.errors import Location, Problem, did_you_mean, one_of
from engine.parse.names import Names
from engine.predicates import Between, FieldTest, Includes, Known, OneOf, Test
from engine.sources import Scalar, shorten
from engine.vocabulary import Kind, RecordList, Value, ValueProblem, ValueType, read_value

_TOKEN = re.compile(r"""\s*(?P<token>"[^"]*"|'[^']*'|>=|<=|!=|[<>=,]|[^\s,<>=!"']+|\S)""")
_LIMITS = {
    ("at", "least"): ">=",
    ("at", "most"): "<=",
    ("more", "than"): ">",
    ("less", "than"): "<",
    ("fewer", "than"): "<",
}
_ORDERS = {("worse", "than"), ("better", "than"), ("no", "worse", "than"), ("no", "better", "than")}
_SYMBOLS = (">=", "<=", ">", "<")
_COMPARISONS = (
    "is", "at least", "at most", "more than", "less than", "between", "before", "after", "within", "worse than",
    "better than", "includes", "does not include",
)  # fmt: skip
_COMPARING = ("at", "more", "less", "fewer", "between", "before", "after", "within", "worse", "better", *_SYMBOLS)
"""Words that begin a comparison of size, date or order."""
_MARKS = (",", "=", "!=", *_SYMBOLS, '"', "'")
"""Marks that are no value; a quotation mark by itself was never closed."""
_ID = re.compile(r"[a-z][a-z0-9_]*\Z")


class LanguageError(Exception):
    """One line that is not a condition; carries the problem with its exact column.

    There is none where the line uses a measure whose own fault is reported where it is declared.
    """

    def __init__(self, problem: Problem | None) -> None:
        super().__init__(str(problem or ""))
        self.problem = problem


def parse_condition(scalar: Scalar, names: Names) -> Condition:
    """The node that a line stands for. Raises LanguageError."""
    return _Line(scalar, names).condition()


def parse_tests(scalar: Scalar, records: RecordList, names: Names) -> tuple[FieldTest, ...]:
    """The tests of a measure's `where`, which stand alone. Raises LanguageError."""
    line = _Line(scalar, names)
    tests = line.tests(records)
    line.end()
    return tests


class _Line:
    """The tokens of one line, read from left to right."""

    def __init__(self, scalar: Scalar, names: Names) -> None:
        self.names = names
        self.scalar = scalar
        self.text = scalar.text
        if scalar.lines > 1:
            hint = "use several entries, or an `any` block"
            raise LanguageError(Problem(scalar.location, "a condition stands on one line", hint))
        self.origin = scalar.place(0)
        self.tokens = [(match["token"], match.start("token")) for match in _TOKEN.finditer(self.text)]
        self.position = 0

    # -- tokens

    def peek(self, ahead: int = 0) -> str:
        index = self.position + ahead
        return self.tokens[index][0] if index < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.position += 1
        return token

    def accept(self, *words: str) -> bool:
        if tuple(self.peek(ahead) for ahead in range(len(words))) == words:
            self.position += len(words)
            return True
        return False

    def place(self, index: int | None = None) -> Location:
        index = self.position if index is None else index
        return self.scalar.place(self.tokens[index][1] if index < len(self.tokens) else len(self.text))

    def fail(self, message: str, hint: str = "", index: int | None = None) -> LanguageError:
        return LanguageError(Problem(self.place(index), message, hint))

    def end(self) -> None:
        token = self.peek()
        if not token:
            return
        if token == "or":
            raise self.fail("`or` is not used in a line", "put the alternatives in an `any` block, or use `is one of`")
        if token == "and":
            raise self.fail("`and` joins tests after `where` only", "write two entries of an `all` block")
        if token == "where":
            raise self.fail("`where` follows `some`, `no`, `every` or a count of a record list")
        if token == ",":
            hint = "commas stand between the values of `one of`; join tests with `and`, and write 1000 for a thousand"
            raise self.fail("`,` has no place here", hint)
        rest = shorten(self.text[self.tokens[self.position][1] :])
        raise self.fail(f"`{rest}` is left over", "end the condition here, or put text with spaces in quotes")

    # -- conditions

    def condition(self) -> Condition:
        if not self.tokens:
            raise self.fail("a condition is empty")
        node = self.made() or self.counted() or self.listed() or self.compared()
        self.end()
        return node

    def made(self) -> Condition | None:
        negated = self.peek() == "no" and self.peek(1) in ("finding", "diagnosis")
        if negated:
            self.take()
        if self.peek() not in ("finding", "diagnosis"):
            return None
        kind = self.take()
        name = self.take()
        if not _ID.match(name):
            raise self.fail(
                f"expected the id of a {kind}, found {self.found(name)}",
                "lower case letters, digits and `_`",
                self.position - 1,
            )
        level = 1
        if self.peek() == "at" and kind == "finding":
            if not self.accept("at", "least"):
                raise self.fail("expected `at least` and a severity", one_of(SEVERITIES))
            word = self.take()
            if word not in SEVERITIES:
                raise self.fail(
                    f"expected {one_of(SEVERITIES)}, found {self.found(word)}",
                    did_you_mean(word, SEVERITIES),
                    self.position - 1,
                )
            level = SEVERITIES.index(word) + 1
        return Made(kind, name, level, negated, self.text.strip(), self.origin)

    def counted(self) -> Condition | None:
        start = self.position
        low: int | None = None
        high: int | None = None
        failing = False
        if self.accept("some"):
            low = 1
        elif self.accept("no"):
            high = 0
        elif self.accept("every"):
            high, failing = 0, True
        else:
            sign = self.limit()
            if sign is None:
                return None
            number = self.whole_number()
            low, high = {
                ">=": (number, None),
                ">": (number + 1, None),
                "<=": (None, number),
                "<": (None, number - 1),
            }[sign]
            if low == 0 or high == -1:
                raise self.fail(f"`{self.between(start)}` can be told without looking", "write another number", start)
        at = self.position
        name = self.take()
        records = self.names.list(name)
        if records is None:
            lists = self.names.vocabulary.lists
            raise self.fail(
                f"expected a record list, found {self.found(name)}",
                did_you_mean(name, lists, f"the lists are {', '.join(sorted(lists))}"),
                at,
            )
        tests: tuple[FieldTest, ...] = ()
        if self.accept("where"):
            tests = self.tests(records)
        elif failing:
            raise self.fail("`every` needs `where` and what each record must pass")
        elif self.peek() not in ("", "or", "and", ","):
            hint = f"`{self.between(start)} where …`"
            raise self.fail(f"expected `where` or the end of the line, found {self.found(self.peek())}", hint)
        return Count(records.name, tests, low, high, failing, self.text.strip(), self.origin)

    def listed(self) -> Condition | None:
        records = self.names.list(self.peek())
        if records is None or self.names.type_of(self.peek()) is not None:
            return None
        self.take()
        if not self.accept("is"):
            raise self.fail(
                f"`{records.name}` is a record list",
                f"write `some {records.name} where …` or `{records.name} is known`",
                self.position - 1,
            )
        negated = self.accept("not")
        word = self.take()
        if word not in ("known", "unknown"):
            raise self.fail(f"expected `known` or `unknown`, found {self.found(word)}", index=self.position - 1)
        return ListKnown(records.name, (word == "unknown") is not negated, self.text.strip(), self.origin)

    def compared(self) -> Condition:
        at = self.position
        name = self.take()
        kind = self.type_of(name)
        if kind is None:
            what = "a fact" if "." in name else "a fact, measure or record list"
            raise self.fail(f"expected {what}, found {self.found(name)}", self.names.hint_for(name), at)
        test, since = self.comparison(name, kind)
        operand = Operand(name, DAYS, since) if since else Operand(name, kind)
        try:
            return Check(operand, test, self.text.strip(), self.origin)
        except Mismatch as mismatch:
            raise self.fail(str(mismatch), index=at) from None

    def type_of(self, name: str) -> ValueType | None:
        """The type of a fact or measure; None where there is no such name."""
        if self.names.is_unreadable(name):
            raise LanguageError(None)
        return self.names.type_of(name)

    def tests(self, records: RecordList) -> tuple[FieldTest, ...]:
        tests = [self.test(records)]
        while self.accept("and"):
            tests.append(self.test(records))
        return tuple(tests)

    def test(self, records: RecordList) -> FieldTest:
        at = self.position
        name = self.take()
        known = self.names.field(records, name)
        if known is None:
            raise self.fail(
                f"expected a field of {records.name}, found {self.found(name)}",
                did_you_mean(name, records.fields, f"a {records.singular} has {', '.join(records.fields)}"),
                at,
            )
        test, since = self.comparison(name, known.type)
        if since in self.names.measures:
            # A record is judged by the facts file alone, where measures are not known yet.
            raise self.fail(f"`{since}` is a measure, expected a date or a date fact", index=self.position - 1)
        return FieldTest(name, test, since)

    # -- comparisons

    def comparison(self, name: str, kind: ValueType) -> tuple[Test, str | None]:
        """A test and, where a date is compared with a date fact, the name of that fact."""
        at = self.position
        if self.peek() in ("is", "=", "!="):
            return self.equality(kind), None
        if self.accept("includes"):
            return self.inclusion(name, kind, False, at), None
        if self.accept("does", "not", "include"):
            return self.inclusion(name, kind, True, at), None
        if self.accept("between"):
            self.require_size(name, kind, at)
            low = self.value(kind)
            if not self.accept("and"):
                raise self.fail("`between` needs `and` and a second value")
            high = self.value(kind)
            if low > high:  # type: ignore[operator]
                raise self.fail("the first value is above the second", "write the smaller one first", at + 1)
            return Between(low, high), None  # type: ignore[arg-type]
        if self.peek() in ("before", "after", "within"):
            return self.dated(name, kind)
        order = next((words for words in _ORDERS if self.accept(*words)), None)
        if order is not None:
            return self.ordered(name, kind, order, at), None
        sign = self.limit()
        if sign is not None:
            self.require_size(name, kind, at)
            number = self.value(kind)
            if sign in (">=", ">"):
                return Between(low=number, low_open=sign == ">"), None  # type: ignore[arg-type]
            return Between(high=number, high_open=sign == "<"), None  # type: ignore[arg-type]
        phrases = [" ".join(self.peek(ahead) for ahead in range(words)) for words in (3, 2, 1)]
        hints = [did_you_mean(phrase, _COMPARISONS) for phrase in phrases]
        hint = next((hint for hint in hints if hint), f"such as {one_of(_COMPARISONS)}")
        raise self.fail(f"expected a comparison after `{name}`, found {self.found(self.peek())}", hint)

    def equality(self, kind: ValueType) -> Test:
        word = self.take()
        negated = word == "!=" or (word == "is" and self.accept("not"))
        if self.peek() in ("known", "unknown") and self.peek() not in kind.values:
            return Known((self.take() == "unknown") is not negated)
        at = self.position
        if kind.kind is Kind.CHOICES:
            hint = "`… includes a` or `… includes one of a, b`"
            raise self.fail("a list of choices is tested with `includes`", hint, at - 1)
        if self.peek() in _COMPARING and self.peek() not in kind.values:
            before = self.tokens[at - 1][0]
            hint = "write the opposite comparison" if before == "not" else f"leave out `{before}`"
            raise self.fail(f"`{before}` and `{self.peek()}` do not stand together", hint, at - 1)
        if self.accept("one", "of"):
            return OneOf(self.values(kind), negated)
        return OneOf((self.value(kind),), negated)

    def inclusion(self, name: str, kind: ValueType, negated: bool, at: int) -> Test:
        if kind.kind is not Kind.CHOICES:
            raise self.fail(f"`includes` is for lists of choices; `{name}` is {_a(kind)}", "use `is one of`", at)
        self.accept("one", "of")
        values = self.values(ValueType(Kind.CHOICE, kind.values))
        return Includes(tuple(str(value) for value in values), negated)

    def dated(self, name: str, kind: ValueType) -> tuple[Test, str | None]:
        at = self.position
        word = self.take()
        if kind.kind is not Kind.DATE:
            raise self.fail(f"`{word}` compares dates; `{name}` is {_a(kind)}", index=at)
        low: int | None = None
        high: int | None = None
        if word == "within":
            days = self.whole_number()
            if not (self.accept("days") or self.accept("day")):
                raise self.fail(f"expected `days` after `within {days}`, found {self.found(self.peek())}")
            side = self.take()
            if side not in ("of", "before", "after"):
                raise self.fail(
                    f"expected `of`, `before` or `after`, found {self.found(side)}", index=self.position - 1
                )
            low = 0 if side == "after" else -days
            high = 0 if side == "before" else days
        reference = self.peek()
        other = self.type_of(reference)
        if other is not None:
            self.take()
            if other.kind is not Kind.DATE:
                raise self.fail(f"`{reference}` is {_a(other)}, expected a date", index=self.position - 1)
            if word == "within":
                return Between(low, high), reference
            return (Between(high=0, high_open=True) if word == "before" else Between(low=0, low_open=True)), reference
        if "." in reference:
            raise self.fail(f"expected a date or a date fact, found `{reference}`", self.names.hint_for(reference))
        day = self.value(kind)
        assert isinstance(day, date)
        if word == "before":
            return Between(high=day, high_open=True), None
        if word == "after":
            return Between(low=day, low_open=True), None
        assert low is not None and high is not None
        try:
            return Between(date.fromordinal(day.toordinal() + low), date.fromordinal(day.toordinal() + high)), None
        except (ValueError, OverflowError):
            raise self.fail("no calendar reaches so many days", index=at + 1) from None

    def ordered(self, name: str, kind: ValueType, order: tuple[str, ...], at: int) -> Test:
        if kind.kind is not Kind.CHOICE or not kind.ordered:
            reason = "has no order from best to worst" if kind.kind is Kind.CHOICE else f"is {_a(kind)}"
            hint = "use `is one of`" if kind.kind is Kind.CHOICE else "use `at least`, `more than` and so on"
            raise self.fail(f"`{' '.join(order)}` compares ordered choices; `{name}` {reason}", hint, at)
        value = self.value(kind)
        rank = kind.values.index(str(value))
        inclusive = order[0] == "no"
        worse = ("worse" in order) is not inclusive
        if worse:
            values = kind.values[rank if inclusive else rank + 1 :]
        else:
            values = kind.values[: rank + 1 if inclusive else rank]
        if not values or len(values) == len(kind.values):
            raise self.fail(f"`{' '.join(order)} {value}` can be told without looking", "choose another value", at)
        return OneOf(values)

    def require_size(self, name: str, kind: ValueType, at: int) -> None:
        if kind.kind.is_number or (kind.kind is Kind.DATE and self.tokens[at][0] == "between"):
            return
        hint = ""
        if kind.kind is Kind.CHOICE:
            hint = "use `worse than` or `better than`" if kind.ordered else "use `is one of`"
        elif kind.kind is Kind.DATE:
            hint = "use `before`, `after` or `within … days of`"
        raise self.fail(f"`{self.between(at)}` compares numbers; `{name}` is {_a(kind)}", hint, at)

    def limit(self) -> str | None:
        if self.peek() in _SYMBOLS:
            return self.take()
        for words, sign in _LIMITS.items():
            if self.accept(*words):
                return sign
        return None

    # -- values

    def values(self, kind: ValueType) -> tuple[Value, ...]:
        values = [self.value(kind)]
        while self.accept(","):
            at = self.position
            value = self.value(kind)
            if value in values:
                raise self.fail(f"`{value}` stands twice in this list", index=at)
            values.append(value)
        if self.peek() == "or":
            raise self.fail("the values of a list are separated by commas", f"write `,` instead of `{self.peek()}`")
        return tuple(values)

    def value(self, kind: ValueType) -> Value:
        token = self.peek()
        if token in ('"', "'"):
            raise self.fail("a quotation mark is not closed")
        if not token or token in _MARKS:
            raise self.fail(f"a value is missing, expected {kind.expected()}")
        quoted = token[0] in "\"'"
        try:
            if kind.kind.is_number:
                value: Value = self.limit_value(kind, token)
            else:
                value = read_value(kind, token[1:-1] if quoted else token, quoted)
        except ValueProblem as problem:
            raise self.fail(f"expected {problem.expected}, found {self.found(token)}", problem.hint) from None
        self.position += 1
        return value

    def limit_value(self, kind: ValueType, token: str) -> int | float:
        """A number to compare with: it may lie between whole numbers, but not outside the range of values."""
        percent = kind.kind is Kind.SHARE and token.endswith("%") and len(token) > 1
        if token[0] in "\"'":
            raise ValueProblem(kind.expected(), "write the number without quotes")
        try:
            number = read_value(ValueType(Kind.AMOUNT), token[:-1] if percent else token)
        except ValueProblem as problem:
            raise ValueProblem(kind.expected(), problem.hint) from None
        assert isinstance(number, (int, float))
        if percent:
            number = round(number / 100, 12)
        if (kind.minimum is not None and number < kind.minimum) or (kind.maximum is not None and number > kind.maximum):
            hint = f"a share of {token} % is written `{token}%`" if kind.kind is Kind.SHARE and not percent else ""
            raise ValueProblem(kind.expected(), hint)
        return number

    def whole_number(self) -> int:
        word = self.peek()
        if not word.isascii() or not word.isdigit() or len(word) > 9:
            raise self.fail(f"expected a whole number, found {self.found(word)}", "in digits, such as `2`")
        self.take()
        return int(word)

    # -- words for messages

    def found(self, token: str) -> str:
        return f"`{shorten(token)}`" if token else "the end of the line"

    def between(self, start: int) -> str:
        """The text from one token to the one before the current."""
        return " ".join(token for token, _ in self.tokens[start : max(self.position, start + 1)])


def _a(kind: ValueType) -> str:
    """A type with its article, for messages."""
    name = "list of choices" if kind.kind is Kind.CHOICES else kind.kind.value
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
