"""A lone surrogate, which a JSON escape can spell and UTF-8 cannot hold, is a fault unless the codec keeps it."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactwire import (
    Associate,
    Category,
    ContactEntity,
    ContentTooLarge,
    DecodeError,
    EncodeError,
    EntityElement,
    FormCodec,
    JsonCodec,
    JsonPatchCodec,
    MergePatchCodec,
    TableRight,
    ValidationError,
    XmlCodec,
    diff,
)

KEEPING = JsonCodec(surrogates="keep")
ODD = EntityElement(value="\ud800", extras={"X": [1.1]})
EXTRAS = {"\ud800": {"\udfff": ["\ud800", 0, 100.0]}}
# A body, and the carrier that holds what it says.
KEPT = [
    (rb'{"Name":"a\ud800b"}', ContactEntity(name="a\ud800b")),
    (rb'{"Name":"\udc00\ud800"}', ContactEntity(name="\udc00\ud800")),
    ('{"Name":"\U0001f642\\udfff\\\\ud800/\\""}'.encode(), ContactEntity(name='\U0001f642\udfff\\ud800/"')),
    (rb'{"Domains":["\ud800",""]}', ContactEntity(domains=["\ud800", ""])),
    (rb'{"CustomFields":{"\udbff":"\ud800"}}', ContactEntity(custom_fields={"\udbff": "\ud800"})),
    (rb'{"Emails":[{"Value":"\ud800","X":[1.10]}]}', ContactEntity(emails=[ODD])),
    (rb'{"Name":"n","\ud800":{"\udfff":["\ud800",-0,1E+2]}}', ContactEntity(name="n", extras=EXTRAS)),
    (rb'{"Type":"\ud800"}', Associate(type="\ud800")),
    (rb'{"CategoryGroup":"\ud800"}', Category(category_group="\ud800")),
    (rb'{"Mask":"\ud800"}', TableRight(mask="\ud800")),
]


@pytest.mark.parametrize(("body", "carrier"), KEPT)
@pytest.mark.parametrize("options", [{}, {"duplicates": "error"}, {"coerce": True}, {"validate": False}])
def test_a_kept_surrogate_comes_back_as_it_came(body, carrier, options):
    """A surrogate that the codec keeps is in Python's string, and is written as an escape again."""
    codec = JsonCodec(surrogates="keep", **options)
    found = codec.decode(body, type(carrier))
    assert found == carrier
    assert codec.encode(found) == body
    assert codec.decode(codec.encode(found), type(carrier)) == found
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(("body", "carrier"), KEPT)
@pytest.mark.parametrize("options", [{}, {"duplicates": "error"}, {"coerce": True}])
def test_without_the_option_it_is_a_fault_that_says_how_to_keep_it(body, carrier, options):
    """Without the option, reading and writing refuse a lone surrogate, and the error names the option."""
    with pytest.raises(DecodeError, match=r'JsonCodec\(surrogates="keep"\) keeps it'):
        JsonCodec(**options).decode(body, type(carrier))
    with pytest.raises(EncodeError, match=r'JsonCodec\(surrogates="keep"\) keeps it'):
        JsonCodec(**options).encode(KEEPING.decode(body, type(carrier)))


def test_codecs_without_the_option_do_not_name_it():
    """The errors of patches, XML and forms, which cannot keep a lone surrogate, do not name the option."""
    for codec, body in [(JsonPatchCodec(), rb'[{"op":"\ud800"}]'), (MergePatchCodec(), rb'{"x":"\ud800"}')]:
        with pytest.raises(DecodeError, match="lone surrogate") as caught:
            codec.decode(body)
        assert "keep" not in str(caught.value)
    for codec in (XmlCodec(), FormCodec()):
        with pytest.raises(EncodeError, match="lone surrogate") as caught:
            codec.encode(ContactEntity(name="\ud800"))
        assert "keep" not in str(caught.value)
    with pytest.raises(EncodeError, match="lone surrogate"):
        diff(ContactEntity(), ContactEntity(name="\ud800"))


def test_lines_are_laid_out_with_kept_surrogates():
    """`indent` lays out a body with a lone surrogate as it does any other."""
    codec = JsonCodec(surrogates="keep", indent=2)
    contact = ContactEntity(name='\ud800\\ud800\\/"/')
    assert codec.encode(contact) == b'{\n  "Name": "\\ud800\\\\ud800\\\\/\\"/"\n}'
    assert codec.decode(codec.encode(contact)) == contact


def test_two_surrogates_that_mean_a_character_are_not_written():
    """Two surrogates in Python's string that would be read as one character are refused in writing."""
    with pytest.raises(EncodeError, match="would be read as that"):
        KEEPING.encode(ContactEntity(name="\ud83d\ude42"))
    assert KEEPING.decode(rb'{"Name":"\ud83d\ude42"}') == ContactEntity(name="\U0001f642")


def test_other_faults_stay_faults():
    """With the option, syntax, depth and values of a text with a lone surrogate are checked as usual."""
    for body in (rb'{"Name":"\ud800",}', rb'{"Name":"\ud800"} x', rb'{"Name":"\ud800","X":01}', b'{"Name":"\xed\xa0\x80"}'):
        with pytest.raises(DecodeError):
            KEEPING.decode(body)
    with pytest.raises(ContentTooLarge):
        JsonCodec(surrogates="keep", max_depth=3).decode(rb'{"X":["\ud800",[[]]]}')
    with pytest.raises(ValidationError) as caught:
        KEEPING.decode(rb'{"Name":"\ud800","contactid":"\ud800","UpdatedDate":"\ud800"}')
    assert [issue.pointer for issue in caught.value.issues] == ["/contactid", "/UpdatedDate"]
    assert KEEPING.locate(rb'{"Name":"\ud800","contactid":"x"}', ["/contactid"]) == [(1, 30)]
    with pytest.raises(EncodeError):
        KEEPING.encode(ContactEntity(name="\ud800", contact_id="x"))


def test_streams_keep_surrogates():
    """Streams keep lone surrogates in their records by the codec's option."""
    contacts = [ContactEntity(name="\ud800"), ContactEntity(name="b")]
    body = b"".join(KEEPING.iter_encode(contacts))
    assert body == b'{"Name":"\\ud800"}\n{"Name":"b"}\n'
    assert list(KEEPING.iter_decode(body)) == contacts


@given(st.text(st.characters(categories=["Cs", "Ll", "Po"]), max_size=6))
def test_every_json_string_survives(text):
    """Every string that JSON can spell comes back equal, in values, keys and names of unknown members."""
    text = json.loads(json.dumps(text))
    contact = ContactEntity(name=text, custom_fields={text: text}, extras={f"?{text}": [text]})
    assert KEEPING.decode(KEEPING.encode(contact)) == contact
