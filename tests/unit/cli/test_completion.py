"""The scripts that complete the command line in a shell."""

import shutil
import subprocess
import sys

import pytest

from contactwire.cli import main

# Bash calls the function that `complete` has for a command, with the words so far, and shows what is in COMPREPLY then.
ASK = r"""
source "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
"$(complete -p contactwire | sed 's/.*-F \([^ ]*\).*/\1/')" contactwire "${COMP_WORDS[COMP_CWORD]}"
printf '%s\n' "${COMPREPLY[@]}"
"""
COMPLETED = [
    ("", "convert validate diff patch select table schema roundtrip serve completion"),
    ("con", "convert"),
    ("convert x.json --to ", "json xml form json-patch merge-patch ndjson"),
    ("convert x.json --to x", "xml"),
    ("convert --max-d", "--max-depth"),
    ("convert rec", "recorded.json"),
    ("diff rec", "recorded.json"),
    ("roundtrip rec", "recorded.json"),
    ("validate x.json --format ", "text full json github"),
    ("completion z", "zsh"),
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash to complete in")
@pytest.mark.parametrize(("typed", "expected"), COMPLETED)
def test_bash_completes(typed, expected, tmp_path, capfd):
    """Bash, with the script, offers commands, options, their values, and files."""
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "script"
    script.write_text(capfd.readouterr().out, encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "recorded.json").touch()
    words = ["bash", "--norc", "-c", ASK, "bash", str(script), "contactwire", *typed.split(" ")]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.split() == expected.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "tcsh", "powershell"])
def test_every_shell_has_a_script(shell, capfd):
    """A script goes to standard output for each shell."""
    assert main(["completion", shell]) == 0
    assert "roundtrip" in capfd.readouterr().out


def test_without_shtab(monkeypatch, capfd):
    """Where shtab is not installed, the error names the extra that installs it."""
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    assert capfd.readouterr().err == "contactwire: completion needs shtab: pip install 'contactwire[completion]'\n"
