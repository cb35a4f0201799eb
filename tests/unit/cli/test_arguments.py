"""The arguments of the command line: help, version, and what is said of wrong ones."""

import re
import sys
from concurrent import futures
from importlib.metadata import version

import pytest

from contactwire.cli import main

COMMANDS = ["convert", "validate", "diff", "patch", "select", "table", "schema", "roundtrip", "serve", "completion"]
# What has no default: a switch, and what must be given.
WITHOUT_DEFAULT = {"--help", "--omit"}


def ended(capfd, *arguments):
    """The exit status of a call that argparse ends, with what it printed to standard output and standard error."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return caught.value.code, *capfd.readouterr()


def test_the_version(capfd):
    """`--version` prints that of the installed package."""
    assert ended(capfd, "--version") == (0, f"contactwire {version('contactwire')}\n", "")


def test_help_lists_the_commands(capfd):
    """The help of the whole names each command, with a sentence."""
    status, out, _ = ended(capfd, "--help")
    assert status == 0
    assert re.findall(r"^    (\w+)\s+\w", out, re.MULTILINE) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_defaults(command, capfd):
    """Each option says in its help what counts without it, or that it is required."""
    _, out, _ = ended(capfd, command, "--help")
    options = re.findall(r"^  (?:-h, )?(--[\w-]+)(.*?)(?=^  -|^\S|\Z)", out, re.MULTILINE | re.DOTALL)
    silent = {name for name, text in options if "default" not in text and "(required)" not in text}
    assert silent <= WITHOUT_DEFAULT


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_each_argument_is(command, capfd):
    """Each argument that has no name, by which an option would say it, has words in the help."""
    _, out, _ = ended(capfd, command, "--help")
    _, has_arguments, arguments = out.partition("positional arguments:\n")
    shown = re.findall(r"^  (\S+)(.*)\n( {10,}\S)?", arguments.partition("\n\n")[0] + "\n", re.MULTILINE)
    assert bool(shown) == bool(has_arguments)
    assert [name for name, text, more in shown if not text.strip() and not more] == []


FORMATS, DIALECTS = "json, xml, form, json-patch, merge-patch", "plain, datacontract, services, webapi"
WRONG = [
    ([], f"expected a command: {', '.join(COMMANDS)}"),
    (["frob"], f'argument COMMAND: expected one of {", ".join(COMMANDS)}; received "frob"'),
    (["convert", "x", "--to", "png"], f'argument --to: expected one of {FORMATS}, ndjson; received "png"'),
    (["validate", "x", "--format", "x"], 'argument --format: expected one of text, full, json, github; received "x"'),
    (
        ["convert", "x", "--from", "png", "--to", "xml"],
        f'argument --from: expected one of {FORMATS}, ndjson; received "png"',
    ),
    (["diff", "x", "y", "--to", "xml"], 'argument --to: expected one of json-patch, merge-patch; received "xml"'),
    (["convert", "x", "--to", "form", "--style", "x"], 'argument --style: expected one of dots, brackets; received "x"'),
    (["convert", "x", "--to", "xml", "--dialect", "x"], f'argument --dialect: expected one of {DIALECTS}; received "x"'),
    (["table", "x", "--to", "x"], 'argument --to: expected one of parquet, csv, arrow; received "x"'),
    (["table", "x", "--to", "csv", "--ticks", "x"], 'argument --ticks: expected one of column, text; received "x"'),
    (["schema", "--format", "x"], 'argument --format: expected one of json-schema, openapi, xsd; received "x"'),
    (["completion", "ksh"], "argument SHELL: expected one of bash, zsh, fish, tcsh, powershell; received "),
    (["convert", "x", "--to"], f"argument --to: expected one of {FORMATS}, ndjson; received nothing"),
    (["serve", "--port"], "argument --port: expected N; received nothing"),
    (["serve", "--host"], "argument --host: expected a value; received nothing"),
    (["convert", "x", "--to", "xml", "--indent", "x"], "argument --indent: expected a whole number, 0 or more; received "),
    (["validate", "x", "--max-bytes", "-1"], "argument --max-bytes: expected a whole number, 0 or more; received "),
    (["validate", "x", "--max-depth", "1.5"], "argument --max-depth: expected a whole number, 0 or more; received "),
    (["convert"], "the following arguments are required: FILE, --to"),
    (["validate"], "the following arguments are required: FILE"),
    (["select", "x"], "the following arguments are required: SELECT"),
    (["validate", "x", "--frob"], "unrecognized arguments: --frob"),
]


@pytest.mark.parametrize(
    ("arguments", "message"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else None
)
def test_errors_say_what_was_expected(arguments, message, capfd):
    """A wrong call ends with status 2, and says what was expected, what came, and where to read more."""
    status, out, err = ended(capfd, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.endswith("--help tells more)\n")


def test_more_processes_than_processors_are_not_started(tmp_path, monkeypatch):
    """However many processes are asked for, as many as there are processors work, but two at least."""
    made = []

    class Pool(futures.ProcessPoolExecutor):
        def __init__(self, workers, **options):
            made.append(workers)
            super().__init__(workers, **options)

    monkeypatch.setattr(futures, "ProcessPoolExecutor", Pool)
    path = tmp_path / "c.ndjson"
    path.write_text("{}\n")
    for processors in (None, 1, 3):
        monkeypatch.setattr("os.cpu_count", lambda count=processors: count)
        assert main(["validate", str(path), "--workers", str(sys.maxsize)]) == 0
    assert made == [2, 2, 3]
