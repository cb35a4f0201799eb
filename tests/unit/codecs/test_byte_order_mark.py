"""A byte order mark at the start of a body is skipped in every format, and is a fault anywhere else."""

from __future__ import annotations

import pytest

from contactwire import (
    BadRecord,
    ContactEntity,
    DecodeError,
    FormCodec,
    JsonCodec,
    JsonPatchCodec,
    MergePatchCodec,
    ValidationError,
    XmlCodec,
)
from contactwire.cli import main
from contactwire.roundtrip import assert_round_trip

MARK = b"\xef\xbb\xbf"
XML = b"<ContactEntity>%s</ContactEntity>"
# A body of each codec, and one with a fault whose place the test knows.
BODIES = [
    (JsonCodec(), b'{"Name":"Elan"}', b'{"ContactId":"x"}', "/ContactId"),
    (JsonCodec(duplicates="error"), b'{"Name":"Elan"}', b'{"ContactId":"x"}', "/ContactId"),
    (JsonCodec(unknown="ignore"), b'{"Name":"Elan","X":-0}', b'{"X":1,"ContactId":"x"}', "/ContactId"),
    (XmlCodec(), XML % b"<Name>Elan</Name>", XML % b"<ContactId>x</ContactId>", "/ContactId"),
    (FormCodec(), b"Name=Elan", b"ContactId=x", "/ContactId"),
    (JsonPatchCodec(), b'[{"op":"add","path":"/Name","value":"Elan"}]', b'[{"op":"add"}]', "/0"),
]


@pytest.mark.parametrize(("codec", "body", "wrong", "pointer"), BODIES)
@pytest.mark.parametrize("type", [bytes, bytearray, memoryview, bytes.decode])
def test_a_mark_in_front_is_passed_over(codec, body, wrong, pointer, type):
    """A body that starts with a mark is read, and its faults are located, as without the mark."""
    assert codec.decode(type(MARK + body)) == codec.decode(type(body))
    with pytest.raises(ValidationError) as caught:
        codec.decode(type(MARK + wrong))
    assert caught.value.issues[0].pointer == pointer
    assert codec.locate(MARK + wrong, [pointer]) == codec.locate(wrong, [pointer])


def test_a_merge_patch_may_have_a_mark():
    """A merge patch that starts with a mark applies as without it."""
    patch = MergePatchCodec().decode(MARK + b'{"name":"Elan"}')
    assert patch.apply(ContactEntity()) == ContactEntity(name="Elan")
    assert MergePatchCodec().encode(patch) == b'{"name":"Elan"}'


@pytest.mark.parametrize("codec", [JsonCodec(), FormCodec(), XmlCodec()])
def test_a_mark_counts_as_bytes(codec):
    """The bytes of a mark count for the limit of a body."""
    body = MARK + codec.encode(ContactEntity(name="Elan"))
    assert_round_trip(body, codec)
    assert codec.holds_list(MARK + b"[0].Name=a" if isinstance(codec, FormCodec) else MARK + b"[{}]") != isinstance(
        codec, XmlCodec
    )


def test_another_character_set_has_no_mark():
    """A form in another character set refuses the bytes of a mark."""
    with pytest.raises(DecodeError):
        FormCodec(charset="windows-1252").decode(MARK + b"Name=a")


CUTS = [
    lambda body: [body],
    lambda body: [body[i : i + 1] for i in range(len(body))],
    lambda body: [b"", body[:2], body[2:]],
]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("body", [b'{"Name":"a"}\n{"Name":"b"}\n', b'[{"Name":"a"},{"Name":"b"}]'])
@pytest.mark.parametrize("framing", [True, False])
def test_a_stream_may_begin_with_a_mark(cut, body, framing):
    """NDJSON and arrays that start with a mark are read, wherever the chunks are cut."""
    named = ("array" if body[:1] == b"[" else "ndjson") if framing else None
    found = list(JsonCodec().iter_decode(cut(MARK + body), framing=named))
    assert found == [ContactEntity(name="a"), ContactEntity(name="b")]
    assert list(JsonCodec().iter_decode((MARK + body).decode(), framing=named)) == found


def test_a_mark_inside_of_a_stream_is_a_fault_of_its_record():
    """A mark in front of a later record, or a second mark at the start, is a fault of that record."""
    for body in (b'{"Name":"a"}\n' + MARK + b'{"Name":"b"}\n{}', MARK * 2 + b"{}\n{}\n{}"):
        found = list(JsonCodec().iter_decode(body, on_error="yield"))
        bad = [(each.index, each.error.line, each.error.column) for each in found if isinstance(each, BadRecord)]
        assert bad == [(0, 1, 1) if body.startswith(MARK) else (1, 2, 1)]
    with pytest.raises(DecodeError) as caught:
        list(JsonCodec().iter_decode(b'[{"Name":"a"},\n ' + MARK + b"{}]"))
    assert (caught.value.line, caught.value.column) == (2, 2)
    for body in (b"", MARK, MARK[:2]):
        assert len(list(JsonCodec().iter_decode(body, on_error="yield"))) == (body == MARK[:2])


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("contact.json", b'{"Name":"Elan"}'),
        ("contacts.json", b'[{"Name":"Elan"}]'),
        ("contacts.ndjson", b'{"Name":"Elan"}\n'),
        ("contact.form", b"Name=Elan"),
        ("contact.xml", b"<ContactEntity><Name>Elan</Name></ContactEntity>"),
    ],
)
def test_the_command_line_passes_a_mark_over(tmp_path, capfdbinary, name, body):
    """The command line converts a file that starts with a mark as it does any other."""
    written = []
    for start in (b"", MARK):
        path = tmp_path / name
        path.write_bytes(start + body)
        assert main(["convert", str(path), "--to", "json"]) == 0
        written.append(capfdbinary.readouterr().out)
    assert written[0] == written[1]
    assert b"Elan" in written[0]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_json_in_another_encoding_of_unicode_is_told_so(encoding):
    """JSON in UTF-16, as PowerShell writes it, is refused in words that say which encoding it has."""
    body = '\ufeff{"Name":"Elan"}'.encode(encoding)
    for codec in (JsonCodec(), MergePatchCodec()):
        with pytest.raises(DecodeError, match="line 1, column 1: a text in UTF-16, expected text in UTF-8"):
            codec.decode(body)
