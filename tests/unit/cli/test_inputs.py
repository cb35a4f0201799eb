"""Files and standard input may be compressed."""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import sys
import zlib

import pytest

PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
LINES = b"".join(b'{"ContactId":%d}\n' % number for number in range(5))


def zstandard():
    """The module for Zstandard, Python's own or the one of the extra."""
    try:
        return pytest.importorskip("compression.zstd")
    except pytest.skip.Exception:
        return pytest.importorskip("backports.zstd")


def packed(suffix, body):
    """A body compressed as the suffix says."""
    return zstandard().compress(body) if suffix == "zst" else PACKED[suffix](body)


@pytest.mark.parametrize("suffix", [*PACKED, "zst"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_compressed_file(run, file, suffix, workers):
    """The suffix in front of the compression's tells the format."""
    path = file(f"a.ndjson.{suffix.upper()}", packed(suffix, LINES))
    assert run("convert", path, "--to", "ndjson", "--workers", workers) == (0, LINES, "")


@pytest.mark.parametrize("suffix", [*PACKED, "zst"])
def test_compressed_content_of_any_name(run, file, suffix, monkeypatch):
    """The content tells the compression where the name does not, also on standard input, and in documents."""
    body = packed(suffix, LINES)
    assert run("convert", file("a.ndjson", body), "--to", "ndjson") == (0, LINES, "")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(body)))
    assert run("convert", "-", "--from", "ndjson", "--to", "ndjson") == (0, LINES, "")
    patch = file(f"p.json.{suffix}", packed(suffix, b'{"Name":"a"}'))
    assert run("patch", file("a.json", packed(suffix, b"{}")), patch) == (0, b'{"Name":"a"}', "")
    assert run("roundtrip", file(f"b.json.{suffix}", packed(suffix, b"{}")))[0] == 0


@pytest.mark.parametrize("suffix", PACKED)
def test_an_empty_compressed_file(run, file, suffix):
    """Nothing, compressed or not, is no records."""
    for body in (b"", packed(suffix, b"")):
        assert run("convert", file(f"a.ndjson.{suffix}", body), "--to", "ndjson") == (0, b"", "")


@pytest.mark.parametrize("suffix", [*PACKED, "zst"])
def test_several_members(run, file, suffix):
    """Compressed files one behind the other are one file, in however many pieces they come."""
    path = file(f"a.ndjson.{suffix}", packed(suffix, LINES) + packed(suffix, b"") + packed(suffix, LINES) * 500)
    assert run("convert", path, "--to", "ndjson")[1] == LINES * 501


@pytest.mark.parametrize("suffix", PACKED)
def test_zeros_behind_members(run, file, suffix):
    """Zeros between members and at the end, with which xz and tapes fill up, are nothing."""
    path = file(f"a.ndjson.{suffix}", packed(suffix, LINES) + bytes(20_000) + packed(suffix, LINES) + bytes(8))
    assert run("convert", path, "--to", "ndjson") == (0, LINES + LINES, "")


@pytest.mark.parametrize("suffix", [*PACKED, "zst"])
@pytest.mark.parametrize("how", ["changed", "cut", "no member"])
def test_a_damaged_member(run, file, suffix, how):
    """Damage of a member behind the first one, however small that is, is reported, and loses no record in silence."""
    member = packed(suffix, LINES)
    place = 10 if suffix == "gz" else 4  # a byte of which no other value would do
    behind = {
        "changed": member[:place] + b"\xff" + member[place + 1 :],
        "cut": member[:-9],
        "no member": b"no member at all",
    }[how]
    status, out, err = run("convert", file(f"a.ndjson.{suffix}", packed(suffix, LINES) + behind), "--to", "ndjson")
    assert (status, out[: len(LINES)], err.count("data are damaged: ")) == (1, LINES, 1)


def test_zstandard_in_parts(run, file):
    """What pzstd writes has a frame in front of each part that is to be skipped (RFC 8878, section 3.1.2)."""
    part = packed("zst", LINES)
    body = (bytes.fromhex("502a4d1804000000") + len(part).to_bytes(4, "little") + part) * 2
    for name in ("a.ndjson.zst", "a.ndjson"):
        assert run("convert", file(name, body), "--to", "ndjson") == (0, LINES + LINES, "")


def test_a_suffix_that_lies(run, file):
    """A suffix of a compression that the content has not is a wrong call."""
    path = file("a.ndjson.gz", LINES)
    assert run("validate", path)[::2] == (2, f"contactwire: {path}: the suffix says gzip, which the content is not\n")


SOURCES = {
    "ndjson": (b"", b"{%s}\n", b""),
    "json": (b"[", b"{%s},\n", b"{}]"),
    "xml": (b"<ArrayOfContactEntity>", b"<a>%s</a>\n", b"</ArrayOfContactEntity>"),
}
BLOCK = 100_000
"""How many bytes a block of bzip2 has at its lowest level, of which nothing is read where it is not whole."""


def rows(source):
    """A sequence of records whose unknown texts do not compress well, longer than a block; and how a line of it is found."""
    start, record, end = SOURCES[source]
    texts = (hashlib.sha512(b"%d" % number).hexdigest().encode() for number in range(BLOCK // 50))
    member = b"<X>%s</X>" if source == "xml" else b'"X":"%s"'
    return start + b"".join(record % (member % (text * 2)) for text in texts) + end


@pytest.mark.parametrize("suffix", [*PACKED, "zst"])
@pytest.mark.parametrize("source", SOURCES)
def test_compressed_data_that_end_too_early(run, file, source, suffix):
    """The records in front of the end are written, each whole, and the end is the last fault, at the line behind them."""
    body = bz2.compress(rows(source), 1) if suffix == "bz2" else packed(suffix, rows(source))
    path = file(f"a.{source}.{suffix}", body[: len(body) * 3 // 4])
    status, out, err = run("convert", path, "--to", "ndjson")
    count = out.count(b"\n")
    assert (status, out.endswith(b"}\n"), count > 100) == (1, True, True)
    assert err.splitlines()[-1].startswith(f"{path}:{count + 1}:")
    assert "data are damaged: Compressed file ended before the end-of-stream marker was reached" in err


@pytest.mark.parametrize(("inside", "place"), [(b"", "1:1"), (b"{}\n{", "2:2"), ('{\n\n"ä"'.encode(), "3:4")])
def test_the_place_of_damage(run, file, inside, place):
    """Damage has the place behind the last character that was read, in sequences and in documents."""
    flushed = zlib.compressobj(wbits=31)
    body = flushed.compress(inside) + flushed.flush(zlib.Z_FULL_FLUSH)
    for source in ("json", "ndjson"):
        path = file(f"a.{source}.gz", body)
        out = run("validate", path)[1].decode()
        assert out.splitlines()[-1].startswith(f"{path}:{place}: the gzip data are damaged: ")


@pytest.mark.parametrize("suffix", PACKED)
def test_compressed_data_that_are_damaged(run, file, suffix):
    """Bytes in the middle that are wrong end the file too."""
    body = bytearray(packed(suffix, b"".join(b'{"ContactId":%d}\n' % (number * 7919) for number in range(90000))))
    body[len(body) // 2 :] = bytes(len(body) - len(body) // 2)
    status, out, _ = run("validate", file(f"a.ndjson.{suffix}", bytes(body)))
    assert (status, out.count(b"data are damaged: ")) == (1, 1)


@pytest.mark.parametrize("arguments", [["validate"], ["convert", "--to", "xml"], ["roundtrip"]])
def test_a_damaged_document(run, file, arguments):
    """A document whose compressed data are damaged has that as its fault."""
    path = file("a.json.gz", gzip.compress(b'{"Name":"a"}')[:-9])
    command, *more = arguments
    status, out, err = run(command, path, *more)
    assert (status, (out.decode() + err).count("the gzip data are damaged: ")) == (3 if command == "roundtrip" else 1, 1)


def test_a_damaged_patch(run, file):
    """A patch that cannot be read is a wrong call."""
    patch = file("p.json.gz", gzip.compress(b'{"Name":"a"}')[:-9])
    status, _, err = run("patch", file("a.json", b"{}"), patch)
    assert (status, err.startswith(f"contactwire: {patch}: the gzip data are damaged: ")) == (2, True)


def test_a_bad_record_in_the_middle(run, file):
    """A bad record of a compressed file is reported with its line, and the next ones are read."""
    path = file("a.ndjson.gz", gzip.compress(LINES + b'{"Name":1}\n' + LINES))
    status, out, err = run("convert", path, "--to", "ndjson")
    assert (status, out, err.startswith(f"{path}:6: /Name: ")) == (1, LINES + LINES, True)


def test_without_zstandard(run, file, monkeypatch):
    """Where nothing reads Zstandard, the error names the extra that does."""
    for module in ("compression.zstd", "backports.zstd"):
        monkeypatch.setitem(sys.modules, module, None)
    path = file("a.json.zst", b"\x28\xb5\x2f\xfd")
    message = f"contactwire: {path}: Zstandard needs Python 3.14 or an extra: pip install 'contactwire[zstd]'\n"
    assert run("validate", path) == (2, b"", message)


@pytest.mark.parametrize(
    ("suffix", "module", "name"), [("gz", "gzip", "gzip"), ("bz2", "bz2", "bzip2"), ("xz", "lzma", "xz")]
)
def test_a_python_without_a_compression(run, file, monkeypatch, suffix, module, name):
    """A Python that was built without a compression's library says so."""
    monkeypatch.setitem(sys.modules, module, None)
    path = file(f"a.json.{suffix}", {"gz": gzip, "bz2": bz2, "xz": lzma}[suffix].compress(b"{}"))
    assert run("validate", path) == (2, b"", f"contactwire: {path}: {name} needs a Python that was built with it\n")


class Failing(io.RawIOBase):
    """A file on a disk that fails behind the first bytes."""

    def __init__(self, head):
        super().__init__()
        self.head = head

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self.head:
            raise OSError(5, "Input/output error")
        buffer[: len(self.head)], count, self.head = self.head, len(self.head), b""
        return count


@pytest.mark.parametrize("head", [b"", LINES, gzip.compress(LINES)[:20]], ids=["at once", "behind lines", "inside gzip"])
def test_a_disk_that_fails(run, monkeypatch, head):
    """An error of the device is no damage of the data: it is told as it is, and the status is 2."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(Failing(head))))
    status, _, err = run("validate", "-", "--from", "ndjson")
    assert (status, err) == (2, "contactwire: -: Input/output error\n")


def test_a_disk_that_fails_behind_records(run, file, monkeypatch):
    """Records in front of the error are written as a whole sequence, the run says how to go on, and reads other files."""
    lines = b"".join(b'{"ContactId":%d}\n' % number for number in range(50_000))
    command = ["-", "--from", "ndjson"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(Failing(lines), len(lines))))
    status, out, err = run("convert", *command, "--to", "json")
    count = len(json.loads(out))
    assert (status, count > 0) == (2, True)
    assert err == f"contactwire: -: Input/output error, after {count:,} records; --skip {count} goes on\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(Failing(b""))))
    status, out, _ = run("validate", *command[1:], "-", file("a.ndjson", b'{"Name":1}\n'))
    assert (status, out.count(b"/Name: ")) == (2, 1)
