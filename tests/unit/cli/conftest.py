"""What the tests of the command line share."""

import pytest

from contactwire.cli import main


@pytest.fixture
def run(capfdbinary):
    """A function that runs a command and gives its status, output and complaints."""

    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return status, out, err.decode()

    return run


@pytest.fixture
def file(tmp_path):
    """A function that writes a file and gives its path."""

    def write(name, body):
        path = tmp_path / name
        path.write_bytes(body if isinstance(body, bytes) else body.encode())
        return path

    return write
