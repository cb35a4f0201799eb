"""JSON text that nests deep, where Python's limit of recursion does not keep the stack from overflowing."""

import subprocess
import sys

import pytest

from contactwire import (
    ContactEntity,
    ContactWireError,
    ContentTooLarge,
    DecodeError,
    JsonCodec,
    JsonPatchCodec,
    MergePatchCodec,
    decode,
)

DEPTH = 200_000
SCRIPT = f"""
import sys
from contactwire import ContactWireError, JsonCodec, JsonPatchCodec, MergePatchCodec
sys.setrecursionlimit(10**6)
start, end = sys.argv[1:]
body = (start * {DEPTH} + end * {DEPTH}).encode()
bodies = b'{{"Name":%s}}' % body, b'{{"Odd":%s}}' % body, b'[{{"op":"add","path":"/name","value":%s}}]' % body
for codec in (JsonCodec(), JsonCodec(unknown="ignore"), JsonCodec(duplicates="error"), JsonPatchCodec(), MergePatchCodec()):
    for each in bodies:
        try:
            codec.decode(each)
        except ContactWireError as error:
            print(error.status)
for each in bodies:
    print(*(record.error.status for record in JsonCodec().iter_decode([each, b"\\n"], on_error="yield")))
"""
NESTINGS = [("[", "]"), ('{"a":', ""), ('["]",', "1]"), ('["\\\\",', "1]"), ("[[],", "[]]")]


@pytest.fixture
def raised():
    """A limit of recursion that somebody has raised."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.parametrize("nesting", NESTINGS, ids=["".join(nesting) for nesting in NESTINGS])
def test_a_limit_of_recursion_that_was_raised(nesting):
    """However high somebody sets Python's limit of recursion, no body ends the process."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, *nesting], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["413"] * 18


@pytest.mark.usefixtures("raised")
def test_what_nests_is_counted_outside_of_strings():
    """A body with many brackets, beside each other or in strings, is read as it is elsewhere."""
    brackets = "[" * 600 + '\\"{' * 600
    body = f'{{"Name":"{brackets}","Odd":[{"{}," * 600}{{}}]}}'
    assert decode(b'{"Name":"a"}') == ContactEntity(name="a")
    assert decode(body) == ContactEntity(name=brackets.replace("\\", ""), extras={"Odd": [{}] * 601})


@pytest.mark.usefixtures("raised")
def test_the_place_of_what_nests_too_deep():
    """A body that nests deeper than the stack may hold has the place of that, or of a fault in front of it."""
    codec = JsonCodec(max_depth=100_000)
    with pytest.raises(ContentTooLarge, match="line 1, column 507: nesting is deeper than 500") as caught:
        codec.decode(b'{"Odd":' + b"[" * 1_000)
    assert caught.value.status == 413
    with pytest.raises(DecodeError, match="line 1, column 8: unexpected"):
        codec.decode(b'{"Odd":}' + b"[" * 1_000)


@pytest.mark.parametrize(
    ("codec", "body"),
    [
        (JsonCodec(max_depth=5_000), b'{"Name":"a","name":1,"Odd":%s}'),
        (JsonCodec(max_depth=5_000), b'{"Name":"a","name":"b","Odd":%s}'),
        (MergePatchCodec(max_depth=5_000), b'{"Name":"a","Name":"b","Odd":%s}'),
        (JsonPatchCodec(max_depth=5_000), b'[{"op":"add","path":"/Odd","value":1,"value":%s}]'),
    ],
)
def test_what_nests_deeper_than_python_follows(codec, body):
    """A body whose members count in the order of the text is too large where Python cannot follow that order, no sooner."""
    outcomes = []
    for levels in (1, *range(700, 1_050)):
        try:
            codec.decode(body % (b"[" * levels + b"]" * levels))
            outcomes.append(200)
        except ContactWireError as error:
            outcomes.append(error.status)
    assert outcomes == sorted(outcomes)
    assert set(outcomes) <= {200, 400, 413}
