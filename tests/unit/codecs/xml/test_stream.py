"""Streams of XML: sequences, record by record."""

import pytest

from contactwire import (
    ContactEntity,
    ContactEntityWithLinks,
    ContentTooLarge,
    DecodeError,
    EncodeError,
    EntityElement,
    Person,
    SelectableMDOListItem,
    ValidationError,
    XmlCodec,
)
from contactwire.codecs.xml import DIALECTS, BadRecord

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
CONTACTS = [ContactEntity(name="a"), ContactEntity(name="</ContactEntity>]]>", extras={"é": "\n"}), ContactEntity()]
BODY = XmlCodec().encode(CONTACTS)


def sequence(*items, root="ArrayOfContactEntity"):
    """A sequence of items."""
    return f"<{root}>{''.join(items)}</{root}>"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_sequence_is_written_and_read(dialect):
    """The pieces of a sequence are together what `encode` writes, one a record and one behind the last."""
    codec = XmlCodec(dialect=dialect)
    pieces = list(codec.iter_encode(iter(CONTACTS)))
    assert len(pieces) == len(CONTACTS) + 1
    assert b"".join(pieces) == codec.encode(CONTACTS)
    assert list(codec.iter_decode(pieces)) == CONTACTS
    assert b"".join(codec.iter_encode([])) == codec.encode([])
    assert list(codec.iter_decode(codec.encode([]))) == []


def test_a_sequence_of_another_class_has_its_root():
    """The root of a sequence is named after the class of the first value, in its start tag and in its end tag."""
    people = [Person(firstname="a"), Person()]
    pieces = list(XmlCodec().iter_encode(people))
    assert b"".join(pieces) == XmlCodec().encode(people)
    assert list(XmlCodec().iter_decode(pieces, Person)) == people


def test_a_sequence_may_come_in_any_form(as_stream):
    """Files, bodies and chunks of any size are read alike."""
    assert list(XmlCodec().iter_decode(as_stream(BODY))) == CONTACTS


@pytest.mark.parametrize(
    "encoded",
    [
        lambda body: body.decode().encode("utf-16"),
        lambda body: b"\xef\xbb\xbf" + body,
        lambda body: "\ufeff" + body.decode(),
        lambda body: b'<?xml version="1.0" encoding="iso-8859-1"?>' + body.decode().encode("latin-1"),
        lambda body: '<?xml version="1.0" encoding="iso-8859-1"?>' + body.decode(),
    ],
    ids=["UTF-16", "mark", "text with mark", "declared", "text that declares"],
)
def test_a_sequence_may_come_in_any_encoding(encoded):
    """A byte order mark counts, then what the document declares; text has no encoding any more."""
    assert list(XmlCodec().iter_decode(encoded(BODY))) == CONTACTS


def test_the_charset_of_the_codec_counts():
    """What the Content-Type says is what the bytes are decoded by."""
    body = XmlCodec().encode([ContactEntity(name="é")]).decode().encode("latin-1")
    assert next(XmlCodec(charset="iso-8859-1").iter_decode(body)).name == "é"


@pytest.mark.parametrize(
    "body",
    [
        "<ArrayOfContactEntity/>",
        "<ArrayOfContactEntity ></ArrayOfContactEntity >",
        (
            "<?xml version='1.0'?><!-- < --><?p >?>\n<ArrayOfContactEntity>\n"
            "<!-- </ArrayOfContactEntity> --><a/></ArrayOfContactEntity><!-- --><?p ?>\n"
        ),
        f"<ArrayOfContactEntity {XSI} a='>'\n\tb=\"'/>\"><a xsi:nil='false'/><b c='/>'></b></ArrayOfContactEntity>",
        sequence(
            "<a><Name><![CDATA[</a>]]></Name></a>",
            "<a><!-- </a> <a> --></a>",
            "<a><?p </a>?></a>",
            "<a><a/><a><a></a></a></a>",
        ),
        f"<ArrayOfContactEntity {XSI} xsi:nil='true'><a/><!-- --></ArrayOfContactEntity>",
        f"<ArrayOfContactEntity {XSI} b=' xmlns:a=\"x\"'><a/><!-- --></ArrayOfContactEntity>",
        "<ArrayOfAnything><!-- --></ArrayOfAnything>",
        sequence("<a><ab></ab></a>", "<a></a\n>", "<a/>", "<a />"),
        (
            '<x:arrayofcontactentity xmlns:x="urn:a"><x:ContactEntity xmlns:y="urn:b"><y:NAME>n</y:NAME></x:ContactEntity>'
            "</x:arrayofcontactentity>"
        ),
        sequence("<a><Emails><EntityElement/></Emails></a>", root="ArrayOfContactEntityWithLinks"),
    ],
)
def test_what_decode_reads_is_read(body):
    """A sequence is read as the list that it is, at once or in the smallest chunks."""
    expected = XmlCodec().decode(body, list[ContactEntity])
    assert list(XmlCodec().iter_decode(body)) == list(XmlCodec().iter_decode(iter(body))) == expected


def test_elements_of_one_name_may_stand_in_each_other():
    """The end of a record is that of its own start, also where others of its name are inside."""
    items = [
        SelectableMDOListItem(child_items=[SelectableMDOListItem(id=1), SelectableMDOListItem()]),
        SelectableMDOListItem(),
    ]
    assert list(XmlCodec().iter_decode(XmlCodec().encode(items), SelectableMDOListItem)) == items


@pytest.mark.parametrize(
    ("body", "index", "line", "message"),
    [
        ("", 0, 1, "line 1, column 1: document is empty"),
        ("x", 0, 1, "start tag expected"),
        ("<!DOCTYPE a><ArrayOfContactEntity/>", 0, 1, "document type declaration"),
        ("\n<ContactEntity>\n<Name>x</Name></ContactEntity>", 0, 2, "expected an element ArrayOfContactEntity"),
        (" <?xml version='1.0'?><ArrayOfContactEntity/>", 0, 1, "column 7"),
        (f"<ArrayOfContactEntity {XSI} xsi:nil='true'/>", 0, 1, "the document: expected list"),
        ("\n<!-- -->\n<p:ArrayOfContactEntity/>", 0, 3, "line 3, column 24: namespace prefix p"),
        ("<p:ArrayOfContactEntity/>", 0, 1, "column 24: namespace prefix p"),
        ("<ArrayOfContactEntity a=1><a/></ArrayOfContactEntity>", 0, 1, "column 25"),
        ("<ArrayOfContactEntity>\n<a/>\n<b>", 1, 3, "premature end"),
        ("<ArrayOfContactEntity>\n<a/>\n<b", 1, 3, "column 3: couldn't find end of Start Tag b"),
        ("<ArrayOfContactEntity>\n<a/></ArrayOfContact>", 1, 2, "line 2, column 22: opening and ending tag mismatch"),
        ("<ArrayOfContactEntity>\n<a/>x</ArrayOfContactEntity>", 1, 2, "no text between them"),
        ("<ArrayOfContactEntity>\n<a/></ArrayOfContactEntity>\n<a/>", 1, 3, "line 3, column 1: extra content"),
        ("<ArrayOfContactEntity/>\nx", 0, 2, "line 2, column 1: extra content"),
        ("<ArrayOfContactEntity>\n<a/><!DOCTYPE b></ArrayOfContactEntity>", 1, 2, "column 6"),
        (b"<ArrayOfContactEntity><a/>\n\xff<a/></ArrayOfContactEntity>", 1, 2, "line 2, column 1: invalid UTF-8"),
        (b'<?xml version="1.0" encoding="nope"?><a/>', 0, 1, "encoding"),
        ("<ArrayOfContactEntity><a/>\ud800</ArrayOfContactEntity>", 1, 1, "surrogate"),
    ],
)
def test_what_is_no_sequence_ends(body, index, line, message):
    """Where no next record can be made out the stream ends, with an error that says where, behind the records before it."""
    *records, bad = XmlCodec().iter_decode(body, on_error="yield")
    assert records == [ContactEntity()] * index
    assert (bad.index, bad.line) == (index, line)
    assert message in str(bad.error)
    with pytest.raises((DecodeError, ValidationError)) as caught:
        list(XmlCodec().iter_decode(body))
    assert caught.value == bad.error


def test_bad_records_are_passed_over():
    """A bad record is told with its index and line, its error as from the stream, and the others follow."""
    body = sequence("<a/>", "\n<a>\n <ContactId>x</ContactId></a>", "\n\n  <a><b></a>", "x", "<a/>")
    good, wrong, broken, text = XmlCodec().iter_decode(body, on_error="yield")
    assert good == ContactEntity()
    assert (wrong.index, wrong.line, wrong.error.issues[0].pointer) == (1, 2, "/1/ContactId")
    assert (broken.index, broken.line) == (2, 5)
    assert (broken.error.line, broken.error.column) == (5, 13)
    assert (text.index, text.error.issues[0].pointer) == (3, "/3")
    with pytest.raises(ValidationError, match="/1/ContactId"):
        list(XmlCodec().iter_decode(body))


def test_options_hold_for_each_record():
    """Unknown properties and repeated ones are treated as the codec says."""
    body = sequence("<a><New>1</New></a>", "<a><Name>x</Name><Name>y</Name></a>")
    assert [contact.extras for contact in XmlCodec().iter_decode(body)] == [{"New": "1"}, {}]
    for codec, index in ((XmlCodec(unknown="error"), 0), (XmlCodec(duplicates="error"), 1)):
        bad = [record.index for record in codec.iter_decode(body, on_error="yield") if isinstance(record, BadRecord)]
        assert bad == [index]


def test_a_record_over_the_limit_ends_the_stream():
    """`max_bytes` is the limit of a record, in bytes, and of text and comments between two; not that of the stream."""
    codec = XmlCodec(max_bytes=60)
    small, large = "<a><Name>é</Name></a>", f"<a><Name>{'é' * 30}</Name></a>"
    assert len(list(codec.iter_decode(sequence((small + " " * 100) * 50)))) == 50
    for body in (sequence(small, large), sequence(small, "<a>" + " " * 100), sequence(small, "x" * 100)):
        for stream in (body, iter(body)):
            *good, bad = codec.iter_decode(stream, on_error="yield")
            assert len(good) == 1
            assert isinstance(bad.error, ContentTooLarge)


def test_a_wrong_type_is_told_at_once():
    """What is no carrier raises TypeError before anything is read."""
    with pytest.raises(TypeError):
        XmlCodec().iter_decode(BODY, int)


def test_what_cannot_be_written_names_its_index():
    """An `EncodeError` has pointers that begin with the index of the value."""
    stream = XmlCodec().iter_encode([ContactEntity(), ContactEntity(emails=[EntityElement(value="\x00")])])
    next(stream)
    with pytest.raises(EncodeError) as caught:
        next(stream)
    assert [issue.pointer for issue in caught.value.issues] == ["/1/Emails/0/Value"]


def test_values_off_the_fast_path_are_written_too():
    """A list of mixed classes has each item under its own name, as in `encode`."""
    values = [ContactEntity(name="a"), ContactEntityWithLinks(name="b"), ContactEntity(extras={"a b": [1]})]
    body = b"".join(XmlCodec(indent=1).iter_encode(values))
    assert body == XmlCodec().encode(values)
    assert list(XmlCodec().iter_decode(body, ContactEntityWithLinks))[2].extras == {"a b": [1]}


@pytest.mark.parametrize(
    "piece",
    ["<!-- -->", "<a>", "<a a='", "<![CDATA[", "&lt;", "]]>", "<?p ?>", "</a>", "<a ", "\n", "'", "<a><b></b></a>"],
)
def test_hostile_sequences_take_linear_time(piece):
    """However often a piece is repeated, and however small the chunks, reading ends with records or errors."""
    body = f"<ArrayOfContactEntity><a>{piece * 20_000}"
    for stream in (body, (body[at : at + 7] for at in range(0, len(body), 7))):
        records = list(XmlCodec().iter_decode(stream, on_error="yield"))
        assert isinstance(records[-1], BadRecord)


def test_memory_does_not_grow_with_the_number_of_records(peak, fits):
    """Some thousands of contacts pass through in the memory of a few."""
    codec = XmlCodec()
    record = "<a><Name>{}</Name><New>1</New><Emails><EntityElement><Value>v</Value></EntityElement></Emails></a>".format(
        "x" * 200
    )

    def chunks(count):
        yield "<ArrayOfContactEntity>"
        for _ in range(count):
            yield record
        yield "</ArrayOfContactEntity>"

    def passed(count):
        size = sum(map(len, codec.iter_encode(codec.iter_decode(chunks(count)))))
        assert size > count * 250

    passed(300)
    assert fits(lambda: passed(2000), peak(lambda: passed(300)) + 50_000)


def test_an_end_tag_must_be_the_elements_own():
    """A longer name that begins like it does not end an element, and what follows is refused."""
    body = "<ArrayOfContactEntity><ContactEntity></ContactEntityX></ArrayOfContactEntity>"
    with pytest.raises(DecodeError):
        list(XmlCodec().iter_decode([body]))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_what_has_no_end_is_refused_with_all_that_came(size):
    """A stream that stops in the middle of an element is told as the document that it is, however it was cut."""
    body = "<ArrayOfContactEntity><ContactEntity><Name>" + "x" * 5000
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    with pytest.raises(DecodeError):
        list(XmlCodec().iter_decode(chunks))


def test_the_namespaces_of_a_root_are_limited():
    """A root that declares so much that each record would take long ends the stream; other attributes do not count."""
    codec, root = XmlCodec(), b"<ArrayOfContactEntity%s><ContactEntity/><ContactEntity/></ArrayOfContactEntity>"
    assert len(list(codec.iter_decode(root % (b' a="' + b"x" * 20_000 + b'"')))) == 2
    few, many = (b"".join(b' xmlns:a%d="u"' % number for number in range(count)) for count in (200, 500))
    assert len(list(codec.iter_decode(root % few))) == 2
    with pytest.raises(ContentTooLarge, match="line 1, column 1: the namespaces of the root take more than 4096 characters"):
        list(codec.iter_decode(root % many))
    (bad,) = codec.iter_decode(root % many, on_error="yield")
    assert (bad.ends_stream, bad.raw) == (True, b"<ArrayOfContactEntity" + many + b">")
