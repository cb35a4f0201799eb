"""The version is that of the installed package."""

import subprocess
import sys
from importlib.metadata import version

import contactwire


def test_the_version_is_that_of_the_metadata():
    """`contactwire.__version__` is the version in the installed metadata."""
    assert contactwire.__version__ == version("contactwire")


def test_a_copy_without_metadata_has_no_version():
    """Where the package is on the path but not installed, `__version__` does not exist and the other names do."""
    code = (
        "import importlib.metadata as metadata\n"
        "def version(name): raise metadata.PackageNotFoundError(name)\n"
        "metadata.version = version\n"
        "import contactwire\n"
        "print(hasattr(contactwire, '__version__'), contactwire.encode(contactwire.ContactEntity()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False b'{}'"
