from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import click
import pytest

from engine import __version__
from engine.cli.faults import exit_code
from engine.cli.main import COMMANDS, FACTS, RULES, facts, rules
from engine.cli.main import advisor as group
from engine.cli.outputs import show_document
from engine.cli.session import Session
from engine.escape import for_terminal
from tests.cli.running import ADVISOR, SAMPLE, advisor, on_a_terminal
from tests.fresh_machine import TOP

PATHS = [
    ["assess"],
    ["explain"],
    ["whatif"],
    ["flip"],
    ["memo"],
    ["portfolio"],
    ["facts", "check"],
    ["facts", "new"],
    ["rules", "check"],
    ["rules", "test"],
]


def command(path: list[str]) -> click.Command:
    context = click.Context(group)
    found = group.get_command(context, path[0])
    if len(path) > 1:
        found = {"facts": facts, "rules": rules}[path[0]].get_command(context, path[1])
    assert found is not None
    return found


def test_help_lists_all_commands_with_a_line_each() -> None:
    ran = advisor("--help")
    assert ran.code == 0
    for name, entry in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(entry.help)}$", ran.out, re.MULTILINE)


@pytest.mark.parametrize(("name", "registry"), [("facts", FACTS), ("rules", RULES)])
def test_help_of_a_group_lists_its_commands(name: str, registry: dict[str, object]) -> None:
    ran = advisor(name, "--help")
    assert ran.code == 0
    assert all(re.search(rf"^  {one} ", ran.out, re.MULTILINE) for one in registry)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_of_a_command_explains_every_option_and_ends_with_an_example(path: list[str]) -> None:
    ran = advisor(*path, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: advisor {' '.join(path)} ")
    assert all(one.help for one in command(path).params if isinstance(one, click.Option))
    before_options = ran.out.partition("Options:")[0]
    assert re.search(rf"Examples?:\n(    .*\n)*    .*advisor {' '.join(path)}", before_options)
    assert max(map(len, ran.out.splitlines())) <= 80


def test_help_imports_no_command() -> None:
    program = (
        "import sys\nfrom engine.cli.main import run\nrun(['--help'])\n"
        "heavy = [name for name in ('yaml', 'jinja2', 'durable_rules_engine', 'rich', 'engine.assessment') "
        "if name in sys.modules]\nsys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=TOP, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["facts", "check", SAMPLE], ["jinja2", "rich", "engine.memo"]),
        (["facts", "new"], ["jinja2", "rich", "engine.memo"]),
        (["assess", SAMPLE], ["rich", "engine.memo", "engine.explain.why", "engine.authoring", "json.tool"]),
        (["portfolio", SAMPLE], ["rich", "jinja2", "polars", "xlsxwriter", "python_calamine", "multiprocessing"]),
    ],
)
def test_a_command_imports_what_it_uses(arguments: list[str], unwanted: list[str]) -> None:
    assert advisor(*arguments).code == 0  # the ruleset is prepared now
    program = (
        "import sys\nfrom engine.cli.main import run\ncode = run(sys.argv[2:])\n"
        "found = [name for name in sys.argv[1].split() if name in sys.modules]\n"
        "sys.exit(str(found) if found else code)"
    )
    command = [sys.executable, "-c", program, " ".join(unwanted), *arguments]
    done = subprocess.run(command, cwd=TOP, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_version() -> None:
    assert advisor("--version").out == f"advisor {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["asess", SAMPLE], "No such command 'asess'. Did you mean 'assess'?"),
        (["facts", "chek"], "No such command 'chek'. Did you mean 'check'?"),
        (
            ["zzzz"],
            "No such command 'zzzz'. Commands: assess, explain, whatif, flip, robustness, memo, portfolio, facts,",
        ),
        (["assess", SAMPLE, "--fromat", "json"], "No such option '--fromat'. Did you mean '--format'?"),
        (["assess", SAMPLE, "--format", "xml"], "'xml' is not one of 'text', 'json', 'markdown'."),
        (["assess"], "Missing argument 'FACTS'."),
        (["explain", SAMPLE], "Give exactly one of '--option', '--finding' and '--rule'."),
        (["explain", SAMPLE, "--option", "exit", "--rule", "x"], "Give exactly one of"),
        (["memo", SAMPLE, "-o", "memo.txt"], "'memo.txt' should end in .md or .html."),
        (["memo", SAMPLE, "-o", "engine"], "'engine' is a folder, expected a file."),
        (["memo", SAMPLE, "-o", "no/such/memo.md"], "there is no folder 'no/such'."),
        (["facts", "new", "--as-of", "2025-02-30"], "'2025-02-30' is not a date that exists."),
        (["facts", "new", "-o", "facts.txt"], "'facts.txt' should end in .yaml or .yml."),
        (["\x1b[31mred"], r"No such command '\x1b[31mred'."),
    ],
)
def test_a_wrong_command_line_is_told_with_exit_code_2(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(TOP)
    ran = advisor(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err
    assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["assess", "nowhere.yaml"], "there is no file `nowhere.yaml`"),
        (["assess", "engine"], "`engine` is a folder, expected a file"),
        (["assess", "sample:seeds/starbuks-barnes-noble"], f"did you mean `{SAMPLE}`?"),
        (["assess", "sample:starbucks-barnes-noble"], f"did you mean `{SAMPLE}`?"),
        (["assess", "sample:../pyproject"], "there is no sample `../pyproject`"),
        (["assess", "sample:"], "the samples are cases/boeing-spirit-2023, "),
        (["assess", SAMPLE, "--ruleset", "nowhere"], "there is no ruleset folder `nowhere`"),
        (["explain", SAMPLE, "--option", "exti"], "there is no option `exti`\n  hint: did you mean `exit`?"),
        (["explain", SAMPLE, "--finding", "persistent_conflct"], "did you mean `persistent_conflict`?"),
        (["explain", SAMPLE, "--rule", "rationale-gon"], "did you mean `rationale-gone`?"),
        (["memo", SAMPLE, "--template", "bord"], "did you mean `board`?"),
    ],
)
def test_a_name_that_does_not_exist_is_told_with_exit_code_1(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(TOP)
    ran = advisor(*arguments)
    assert ran.code == 1
    assert ran.out == ""
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("place", ["before", "behind"])
def test_verbose_shows_progress_on_standard_error(place: str) -> None:
    arguments = ["-v", "assess", SAMPLE] if place == "before" else ["assess", SAMPLE, "--verbose"]
    ran = advisor(*arguments)
    steps = ran.err.splitlines()
    assert len(steps) >= 6
    assert all(re.match(r" *\d+\.\d\d s  \S", line) for line in steps)
    assert ran.out == advisor("assess", SAMPLE).out


class Broken(Exception):
    pass


def _break(*_: object) -> None:
    raise Broken("all is lost \x1b[31m")


def test_a_fault_of_ours_is_one_line_and_exit_code_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.cli.assess.assessment_of", _break)
    ran = advisor("assess", SAMPLE)
    assert ran.code == 3
    shown = for_terminal("all is lost \x1b[31m")
    assert ran.err == f"a fault of the advisor, not of your files: Broken: {shown}; `--debug` shows where\n"


@pytest.mark.parametrize("arguments", [["--debug", "assess", SAMPLE], ["assess", SAMPLE, "--debug"]])
def test_debug_shows_the_traceback(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.cli.assess.assessment_of", _break)
    ran = advisor(*arguments)
    assert ran.code == 3
    assert ran.err.startswith("Traceback (most recent call last):\n  File ")
    assert "in _break" in ran.err
    assert "\x1b" not in ran.err


def test_an_interrupt_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.cli.assess.assessment_of", interrupt)
    ran = advisor("assess", SAMPLE)
    assert (ran.code, ran.err) == (130, "interrupted\n")


def interrupted(*_: object, **__: object) -> NoReturn:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("arguments", "where", "step"),
    [
        (["flip", SAMPLE], "engine.flip.sets.sets_of_changes", r"judging every set of up to 3 of [\d,]+ changes"),
        (["flip", SAMPLE, "--max-changes", "1"], "engine.flip.finding._singles", r"judging each of [\d,]+ changes"),
        (["flip", SAMPLE], "engine.flip.finding._verify", r"judging \d+ of the sets again, one by one"),
        (["robustness", "sample:cases/gm-psa"], "engine.robustness.finding._judge", r"judging 100,000 worlds"),
        (["robustness", SAMPLE], "engine.robustness.finding.worlds", "choosing the worlds"),
        (
            ["memo", SAMPLE, "--template", "renegotiation"],
            "engine.flip.sets.sets_of_changes",
            r"judging every set of up to 3 of [\d,]+ changes",
        ),
        (["memo", SAMPLE], "engine.memo.write_memo", "writing the memo from the template board"),
    ],
)
def test_an_interrupt_tells_the_step_that_was_under_way(
    arguments: list[str], where: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, interrupted)
    ran = advisor(*arguments)
    assert (ran.code, ran.out) == (130, "")
    assert re.fullmatch(f"interrupted while {step}; nothing written\n", ran.err)


def test_an_interrupt_while_results_are_written_does_not_say_that_nothing_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    session = Session()
    with click.Context(click.Command("advisor"), obj=session):
        session.progress("wording the answer")
        monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=SimpleNamespace(write=interrupted)))
        with pytest.raises(KeyboardInterrupt) as caught:
            show_document("{}")
    assert exit_code(caught.value, session) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_an_interrupt_after_a_first_result_does_not_say_that_nothing_was_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    session = Session(has_written=True)
    session.progress("checking the next file")
    assert exit_code(KeyboardInterrupt(), session) == 130
    assert capsys.readouterr().err == "interrupted while checking the next file\n"


def test_a_real_interrupt_leaves_no_traceback() -> None:
    # Standard input that never ends keeps the command waiting.
    with subprocess.Popen(
        [*ADVISOR, "-v", "assess", "-"], cwd=TOP, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "reading the facts" in line:
                break
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130
    assert rest.strip() == "interrupted while reading the facts of -; nothing written"


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*ADVISOR, "assess", SAMPLE, "--format", "json"], cwd=TOP, check=False, stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def shown(*arguments: str, **variables: str) -> bytes:
    """What a command prints on a terminal 70 columns wide."""
    return on_a_terminal([*ADVISOR, *arguments], "stdout", 70, **variables).replace(b"\r\n", b"\n")


def test_colour_is_for_terminals_alone_and_honours_no_color() -> None:
    coloured = shown("assess", SAMPLE)
    assert b"\x1b[1m" in coloured
    plain = shown("assess", SAMPLE, NO_COLOR="1")
    assert b"\x1b" not in plain
    assert re.sub(rb"\x1b\[\d+m", b"", coloured) == plain
    assert b"\x1b" not in shown("assess", SAMPLE, TERM="dumb")
    piped = subprocess.run([*ADVISOR, "assess", SAMPLE], cwd=TOP, check=True, capture_output=True).stdout
    assert b"\x1b" not in piped
    assert max(len(line) for line in plain.decode().splitlines()) <= 70
    assert max(len(line) for line in piped.decode().splitlines()) <= 80


def test_a_terminal_that_lacks_letters_gets_their_numbers(tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("alliance: {name: Allianz Zürich, us: Ö, partner: 日本, as_of: 2025-06-30}\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    for arguments in (["assess", str(facts)], ["explain", str(facts), "--option", "exit"]):
        done = subprocess.run([*ADVISOR, *arguments], cwd=TOP, env=environment, check=True, capture_output=True)
        assert b"\xe2\x9c" not in done.stdout
        assert b"\\u65e5\\u672c" in done.stdout or "--option" in arguments
    json_form = [*ADVISOR, "assess", str(facts), "--format", "json"]
    assert (
        "Zürich" in subprocess.run(json_form, cwd=TOP, env=environment, check=True, capture_output=True).stdout.decode()
    )


@pytest.mark.parametrize("module", ["click", "engine.cli.main", "engine.cli.faults"])
def test_an_interrupt_while_modules_are_imported_ends_in_one_line(module: str) -> None:
    program = f"""
import sys
class Interrupting:
    def find_spec(self, name, *_):
        if name == {module!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
from engine.cli.start import main
main()
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=TOP, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "interrupted\n")


def test_the_command_starts_where_an_interrupt_is_heard() -> None:
    assert '\nadvisor = "engine.cli.start:main"\n' in (TOP / "pyproject.toml").read_text(encoding="utf-8")
