"""What a codec is given to select with."""

import pytest

from contactwire import ContactEntity, FormCodec, JsonCodec, JsonPatchCodec, MergePatchCodec, Selection, XmlCodec, encode

CONTACT = ContactEntity(name="x", department="y")
CODECS = [JsonCodec(), XmlCodec(), FormCodec(), JsonPatchCodec(), MergePatchCodec()]


@pytest.mark.parametrize("wrong", ["name", "", b"name", 5, ["name"]], ids=repr)
@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: type(codec).__name__)
def test_what_is_no_selection_is_refused_with_what_to_write(codec, wrong):
    """A codec that is given a text, or anything else, in place of a selection raises a TypeError that says what one is."""
    with pytest.raises(TypeError, match=r"a selection is a Selection, such as Selection\.parse\('name'\), not "):
        codec.encode(CONTACT, selection=wrong)


@pytest.mark.parametrize("wrong", [b"name", 5, ["name"]], ids=repr)
@pytest.mark.parametrize("call", [lambda wrong: encode(CONTACT, select=wrong), Selection.parse], ids=["encode", "parse"])
def test_what_is_no_text_of_a_selection_is_refused(call, wrong):
    """A `$select` that is neither a text nor a selection is a TypeError that says what one is."""
    with pytest.raises(TypeError, match=r"a \$select is a text, such as 'name,category/id', not "):
        call(wrong)
