"""The law of limits: what of a stream is over `max_bytes` does not depend on its chunks."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contactwire import BadRecord, JsonCodec, XmlCodec

LIMITS = st.sampled_from([10, 21, 22, 30, 60, 61, 100])
CHUNKS = st.sampled_from([1, 2, 7, 31, 61, 64])
ROOT, ROOT_END = "<ArrayOfContactEntity>", "</ArrayOfContactEntity>"
XML = [
    ROOT, ROOT_END, f"<ArrayOfContactEntity a='{'v' * 40}'>", "<ContactEntity>", "</ContactEntity>", "<ContactEntity/>",
    f"<ContactEntity a='{'w' * 30}'>", "<Name>x</Name>", "<Name", "<", ">", "<!--", "-->", "<![CDATA[", "]]>", "<?p", "?>",
    "x" * 25, " " * 30, "\n", "é" * 20, "<a b='",
]  # fmt: skip
JSON = ['{"Name":"x"}', f'{{"Name":"{"x" * 40}"}}', *'[]{},:"\\\n', " " * 30, "é" * 20, "1" * 30, "null"]
TEXTS = {
    name: st.lists(st.sampled_from(pieces), max_size=10).map("".join) for name, pieces in (("xml", XML), ("json", JSON))
}


def found(codec, body, size):
    """What a stream gives, in chunks of a size."""
    chunks = (body[at : at + size] for at in range(0, len(body), size))
    return [
        (str(each.error), each.raw, each.standalone, each.cut, each.ends_stream) if isinstance(each, BadRecord) else each
        for each in codec.iter_decode(chunks, on_error="yield")
    ]


def check(codec, text, size):
    """Compare the text in chunks of a size with the text in one."""
    body = text.encode()
    assert found(codec, body, size) == found(codec, body, len(body) or 1)


@given(text=TEXTS["xml"], limit=LIMITS, size=CHUNKS)
@example(text=f"{' ' * 70}{ROOT}<ContactEntity/>{ROOT_END}", limit=60, size=7)
@example(text=f"<!--{'x' * 70}-->{ROOT}<ContactEntity/>{ROOT_END}", limit=60, size=7)
@example(text=f"<ArrayOfContactEntity a='{'x' * 70}'><ContactEntity/>{ROOT_END}", limit=60, size=7)
@example(text=f"<ArrayOfContactEntity a='{'x' * 70}' <", limit=60, size=7)
@example(text=f"{ROOT}<ContactEntity a='{'x' * 70}' <", limit=60, size=7)
@example(text=f"{ROOT}{'x' * 50}<a{' ' * 70}<", limit=60, size=1)
@example(text=f"{ROOT}<ContactEntity/></ArrayOfContactEntity{' ' * 70}>", limit=60, size=7)
def test_xml(text, limit, size):
    """Neither what is in front of the first element, nor a broken tag, depends on the chunks."""
    check(XmlCodec(max_bytes=limit), text, size)


@given(text=TEXTS["json"], limit=LIMITS, size=CHUNKS)
@example(text=f'{" " * 70}[{{"Name":"x"}}]', limit=60, size=7)
@example(text=f'{" " * 60}[{{"Name":"x"}}]', limit=60, size=7)
def test_json(text, limit, size):
    """Nor does it depend on the chunks whether white space hides the bracket of an array."""
    check(JsonCodec(max_bytes=limit), text, size)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_what_is_within_the_limit(size):
    """Text, root and tags of exactly `max_bytes` are read."""
    body = f"<!--{'x' * 31}-->{ROOT}<ContactEntity/>{ROOT_END}".encode()
    assert found(XmlCodec(max_bytes=60), body, size) == found(XmlCodec(), body, size)
    assert found(JsonCodec(max_bytes=60), b" " * 60 + b"[{}]", size) == found(JsonCodec(), b"[{}]", size)
