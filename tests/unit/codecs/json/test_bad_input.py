"""Bad JSON is ordinary input: the error says where and what."""

import pickle

import pytest

from contactwire import ContactEntity, ContactWireError, ContentTooLarge, DecodeError, JsonCodec, ValidationError, decode
from contactwire.carriers import SelectableMDOListItem

NOT_JSON = [
    ("nothing", b"", (1, 1), "a JSON value"),
    ("blanks only", b" \n ", (2, 2), "a JSON value"),
    ("truncated after a brace", b"{", (1, 2), "a property name in double quotes or '}'"),
    ("truncated after a name", b'{"Name"', (1, 8), "':'"),
    ("truncated after a colon", b'{"Name":', (1, 9), "a JSON value"),
    ("truncated after a value", b'{"Name":"x"', (1, 12), "',' or '}'"),
    ("truncated after a comma", b'{"Name":"x",', (1, 13), "a property name in double quotes"),
    ("truncated in a string", b'{\n"Name":"x', (2, 10), "'\"'"),
    ("truncated in a list", b'{"Emails":[', (1, 12), "a JSON value or ']'"),
    ("truncated in an item", b'{"Emails":[{}', (1, 14), "',' or ']'"),
    ("missing colon", b'{"Name" "x"}', (1, 9), "':'"),
    ("missing comma", b'{"Name":"x"\n "OrgNr":"y"}', (2, 2), "',' or '}'"),
    ("a colon behind a value", b'{"Name":"x":1,"OrgNr"}', (1, 12), "',' or '}'"),
    ("a colon behind a value, with members behind it", b'{"Name":"x":1,"OrgNr":"y"}', (1, 12), "',' or '}'"),
    ("a colon behind a value in an item", b'{"Emails":[{"Value":"x":1,"Id":"y"}]}', (1, 24), "',' or '}'"),
    ("trailing comma", b'{"Name":"x",}', (1, 13), "a property name in double quotes"),
    ("trailing comma in a list", b'{"Emails":[{},]}', (1, 15), "a JSON value"),
    ("unquoted name", b"{Name:1}", (1, 2), "a property name in double quotes or '}'"),
    ("single quotes", b"{'Name':1}", (1, 2), "a property name in double quotes or '}'"),
    ("number as name", b"{1:1}", (1, 2), "a property name in double quotes or '}'"),
    ("mismatched bracket", b'{"Emails":[}', (1, 12), "a JSON value or ']'"),
    ("comment", b'{"Name":"x"} // done', (1, 14), "the end of the text"),
    ("comment in front", b"/* x */{}", (1, 1), "a JSON value"),
    ("trailing data", b"{} {}", (1, 4), "the end of the text"),
    ("NaN", b'{"Name":NaN}', (1, 9), "a JSON value"),
    ("infinity", b'{"Name":-Infinity}', (1, 9), "a JSON value"),
    ("capital true", b'{"Name":True}', (1, 9), "a JSON value"),
    ("leading zero", b'{"ContactId":01}', (1, 14), "a JSON value"),
    ("leading plus", b'{"ContactId":+1}', (1, 14), "a JSON value"),
    ("bare point", b'{"ContactId":1.}', (1, 14), "a JSON value"),
    ("hexadecimal", b'{"ContactId":0x1F}', (1, 14), "a JSON value"),
    ("control character", b'{"Name":"a\tb"}', (1, 11), "an escape such as \\n"),
    ("control character first, behind a line", b'{"Name":\n"\tb"}', (2, 2), "an escape such as \\n"),
    ("control character behind escapes", b'{"Name":"\\"\\\\\n"}', (1, 14), "an escape such as \\n"),
    ("unknown escape", rb'{"Name":"a\xb"}', (1, 11), 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX'),
    ("short escape", rb'{"Name":"\u12"}', (1, 10), 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX'),
    ("lone high surrogate", rb'{"Name":"\ud800"}', (1, 9), "a character"),
    ("lone low surrogate", rb'{"Name":"\udc00x"}', (1, 9), "a character"),
    ("surrogate in a name", rb'{"\ud800":1}', (1, 2), "a character"),
    ("two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf{}", (1, 1), "a JSON value without one"),
    ("a byte order mark behind the start", b" \xef\xbb\xbf{}", (1, 2), "a JSON value"),
    ("a byte order mark at the end", b"{}\xef\xbb\xbf", (1, 3), "the end of the text"),
    ("a fault behind a byte order mark", b'\xef\xbb\xbf{"ContactId":01}', (1, 14), "a JSON value"),
    ("UTF-16", '{"Name":"x"}'.encode("utf-16"), (1, 1), "text in UTF-8"),
    ("Latin-1", '{\n"Name":"Ødegård"}'.encode("latin-1"), (2, 9), "text in UTF-8"),
    ("truncated UTF-8", '{"Name":"Ø'.encode()[:-1], (1, 10), "text in UTF-8"),
    ("overlong UTF-8", b'{"Name":"\xc0\x80"}', (1, 10), "text in UTF-8"),
    ("encoded surrogate", b'{"Name":"\xed\xa0\x80"}', (1, 10), "text in UTF-8"),
    ("an integer with a sign too many", b'{"X":-' + b"9" * 4300 + b',"Y":1}', (1, 6), "a number that a double can hold"),
    ("an integer without end", b'{"X":-' + b"9" * 5000 + b"}", (1, 6), "a number that a double can hold"),
    ("another format", b"<ContactEntity/>", (1, 1), "a JSON value"),
]


@pytest.mark.parametrize(("body", "place", "expected"), [case[1:] for case in NOT_JSON], ids=[case[0] for case in NOT_JSON])
def test_what_is_not_json_says_where_and_what_was_expected(body, place, expected):
    """A DecodeError has line, column, what was expected and an excerpt."""
    with pytest.raises(DecodeError) as caught:
        decode(body)
    error = caught.value
    assert (error.line, error.column) == place
    assert error.expected == expected
    assert error.excerpt or not body
    assert error.status == 400
    assert len(str(error)) < 300


def test_text_with_a_lone_surrogate_is_refused():
    """A str with a lone surrogate, which UTF-8 cannot hold, is refused."""
    with pytest.raises(DecodeError, match="surrogate"):
        decode('{"Name": "\ud800"}')


def test_a_body_over_the_limit_is_refused():
    """A body of more than `max_bytes` bytes is a 413, also if it is text."""
    codec = JsonCodec(max_bytes=12)
    assert codec.decode(b'{"Name":"x"}').name == "x"
    for body in (b'{"Name":"xy"}', '{"Name":"æ"}', memoryview(b'{"Name":"xy"}')):
        with pytest.raises(ContentTooLarge, match="more than the 12 bytes") as caught:
            codec.decode(body)
        assert caught.value.status == 413


@pytest.mark.parametrize("opening", ['{"X":', "[", '{"ChildItems":[', '{"X":[', '[{"a":'])
@pytest.mark.parametrize("count", [70, 2000, 100_000])
def test_deep_nesting_is_refused(opening, count):
    """Nesting beyond `max_depth` is refused, whether or not the brackets are closed, however deep it is."""
    with pytest.raises(ContactWireError):
        decode(opening * count, type=SelectableMDOListItem)


def test_nesting_says_where_it_went_too_deep():
    """The error for too deep nesting has the place of the first bracket beyond the limit."""
    body = '{"X":\n' + "[" * 64 + "]" * 64 + "}"
    with pytest.raises(ContentTooLarge, match="deeper than 64") as caught:
        decode(body)
    assert (caught.value.line, caught.value.column) == (2, 64)


def test_a_limit_may_be_wider():
    """A codec with a larger `max_depth` takes what the default refuses."""
    body = '{"ChildItems":[' * 100 + "{}" + "]}" * 100
    item = JsonCodec(max_depth=201).decode(body, SelectableMDOListItem)
    for _ in range(100):
        item = item.child_items[0]
    assert item == SelectableMDOListItem()


def test_all_faults_come_at_once():
    """One ValidationError lists every fault with pointer, expectation and received value, in the sender's spelling."""
    body = """{"contactid": 2147483648, "Name": 5, "EMAILS": [5, {"value": true}, []], "Domains": "x", "Persons": {},
      "NoMailing": "true", "UpdatedDate": "2020-13-01T00:00:00",
      "Address": {"LocalizedAddress": [[{"ValueLength": 1.5}], {}]},
      "CustomFields": {"a/b~c": 1}, "Category": [], "FieldProperties": {"X": 5},
      "Interests": [{"ChildItems": [{"Id": "1"}]}]}"""
    with pytest.raises(ValidationError) as caught:
        decode(body)
    assert [(issue.pointer, issue.expected, issue.received) for issue in caught.value.issues] == [
        ("/contactid", "int32", "2147483648"),
        ("/Name", "string", "5"),
        ("/EMAILS/0", "object (EntityElement)", "5"),
        ("/EMAILS/1/value", "string", "true"),
        ("/EMAILS/2", "object (EntityElement)", "an empty list"),
        ("/Domains", "list of string", '"x"'),
        ("/Persons", "list of object (Person)", "an empty object"),
        ("/NoMailing", "boolean", '"true"'),
        ("/UpdatedDate", "date-time", '"2020-13-01T00:00:00"'),
        ("/Address/LocalizedAddress/0/0/ValueLength", "int32", "1.5"),
        ("/Address/LocalizedAddress/1", "list of object (LocalizedField)", "an empty object"),
        ("/CustomFields/a~1b~0c", "string", "1"),
        ("/Category", "object (Category)", "an empty list"),
        ("/FieldProperties/X", "object (FieldProperty)", "5"),
        ("/Interests/0/ChildItems/0/Id", "int32", '"1"'),
    ]


@pytest.mark.parametrize("body", ["[]", "null", "5", '"x"', "true", "[{}]"])
def test_json_that_is_no_object_is_no_contact(body):
    """A top-level value that is no object is a ValidationError at the root."""
    with pytest.raises(ValidationError) as caught:
        decode(body)
    assert [issue.pointer for issue in caught.value.issues] == [""]
    assert caught.value.status == 400


def test_what_came_is_shortened():
    """A received value is cut in the message if it is long."""
    with pytest.raises(ValidationError) as caught:
        decode('{"Emails": "' + "x" * 10_000 + '"}')
    assert len(caught.value.issues[0].received) <= 60
    assert len(str(caught.value)) < 250


def test_many_faults_are_counted():
    """The message shows ten faults and the number of further ones, and the list has all."""
    with pytest.raises(ValidationError) as caught:
        decode('{"Domains": [' + ",".join(["1"] * 100) + "]}")
    assert len(caught.value.issues) == 100
    assert str(caught.value).startswith("the body has 100 faults: /Domains/0: expected string, received 1; ")
    assert str(caught.value).endswith("and 90 more")


def test_errors_from_real_input_pickle():
    """Errors for real input pickle whole."""
    for body in ("{", '{"Name": 1}', "[" * 100):
        with pytest.raises(ContactWireError) as caught:
            decode(body)
        again = pickle.loads(pickle.dumps(caught.value))
        assert again == caught.value
        assert str(again) == str(caught.value)


def test_null_is_read_for_every_property():
    """Null is read for every property, also for value types."""
    from contactwire.wire import plan_of

    body = "{" + ",".join(f'"{field.name}":null' for field in plan_of(ContactEntity).fields) + "}"
    contact = decode(body)
    assert all(getattr(contact, field.attribute) is None for field in plan_of(ContactEntity).fields)


def test_an_integer_beyond_a_double_is_refused_by_every_path():
    """An integer that no double can hold is a fault where a double belongs, by every path and with every option."""
    body = b'{"Address":{"Wgs84Latitude":1' + b"0" * 400 + b"}}"
    for codec in (JsonCodec(), JsonCodec(duplicates="error"), JsonCodec(coerce=True)):
        with pytest.raises(ValidationError, match="out of the range of a double"):
            codec.decode(body)
