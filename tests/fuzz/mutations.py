"""The bodies of the fuzz targets: tokens of each format, and small changes of valid bodies."""

from __future__ import annotations

import contextlib
import json
import random
import re
from collections.abc import Iterator
from xml.etree import ElementTree

JSON_TOKENS = (
    b"null", b"true", b"{}", b"[]", b"[[", b'""', b"-0", b"-0.0", b"1e400", b"2147483648", b"9223372036854775808", b"0.1",
    b"12345678901234567890", b"1" + b"0" * 400, b'"\\ud800"', b'"\\u0000"', b"\xff", b"\xef\xbb\xbf",
    b'"2020-01-01T00:00:00.1234567-0500"', b'"Customer"', b'"3"', b'"Name"', b'"NAME"', b'"contactid"', b'"Extra"', b",",
    b":",
)  # fmt: skip
XML_TOKENS = (
    b"<Name>", b"</Name>", b"<Name/>", b'<OrgNr xsi:nil="true"/>', b' xsi:nil="1"', b"<!-- -->", b"<![CDATA[", b"]]>",
    b"&amp;", b"&#xD;", b"&#0;", b"&x;", b"<?x y?>", b"<!DOCTYPE x [<!ENTITY x 'y'>]>",
    b'<?xml version="1.0" encoding="utf-16"?>', b" xmlns=''", b"<a:b>", b"<ContactId>1</ContactId>", b"<Extra><a/>x</Extra>",
    b"<Extra y='z'/>", b"_x0020_", b"true", b"1", b"-0", b"1E+21", b"INF", b"\xff", b"<Pair><Key>k</Key></Pair>", b"<Key/>",
    b"0001-01-01T00:00:00", b"\xef\xbb\xbf", b" xmlns:j='urn:contactwire:json' j:type='list'",
)  # fmt: skip
FORM_TOKENS = (
    b"&", b"=", b"%", b"%5B0%5D", b"[0]", b"[1]", b"[999999999]", b"[Key]", b"[Value]", b".", b"[]", b"[", b"]", b"+",
    b"%00", b"%FF", b";", b"Name=", b"Name=x", b"name", b"ContactId=1", b"Domains=a", b"Domains[1]=b",
    b"CustomFields[0][Key]=k", b"Emails[0].Value=x", b"Extra=1", b"Associate.Name=x", b"_charset_=utf-8",
    b"Address.Wgs84Latitude=1" + b"0" * 400,
)  # fmt: skip
PATCH_TOKENS = (
    b'"add"', b'"replace"', b'"remove"', b'"test"', b'"move"', b'"copy"', b'"/"', b'""', b'"/Emails/-"', b'"/Emails/0"',
    b'"/Emails/01"', b'"/Odd/x"', b'"~2"', b'"from"', b'"path"', b'"value"', b'"/CustomFields/SuperOffice:1"',
    b'"/FieldProperties"', *JSON_TOKENS,
)  # fmt: skip
XML_TEXTS = (
    "", " ", "x", "1", "-0", "1.5", "1E+21", "INF", "1" + "0" * 400, "true", "TRUE", "2147483648",
    "2020-01-01T00:00:00.1234567Z", "\r\n", "Customer",
)  # fmt: skip
SELECT_TOKENS = (
    b",",
    b"/",
    b"~0",
    b"~2",
    b"~",
    b" ",
    b"\t",
    b"_Links",
    b"Emails/Value",
    b"CustomFields/",
    b"persons",
    b"\xc4\xb0",
)
NAMES = (
    "ContactId", "Name", "NAME", "OrgNr", "UpdatedDate", "Emails", "EMAILS", "Value", "Description", "Interests",
    "ChildItems", "Id", "Category", "CategoryGroup", "Associate", "Type", "Persons", "NoMailing", "Address", "Wgs84Latitude",
    "LocalizedAddress", "Domains", "CustomFields", "FieldProperties", "FieldRight", "_Links", "TableRight", "Odd", "a b",
    "Key", "op", "path", "from", "value",
)  # fmt: skip
_WORDS = re.compile(rb'"(?:[^"\\]|\\.)*"|<[^<>]*>|[\w.:+-]+|\s+|.', re.DOTALL)


def inputs(target, seed=0) -> Iterator[bytes]:
    """An endless sequence of bodies, the same in each run: the target's seeds, and then seeds with some changes."""
    yield from target.seeds
    dice = random.Random(f"{target.name} {seed}")
    while True:
        yield changed(dice, dice.choice(target.seeds), target)


def changed(dice, body, target):
    """A body with a few changes: of its values if it is well-formed, of its words, or of its bytes."""
    way = dice.random()
    if target.shake and way < 0.6:
        with contextlib.suppress(ValueError, LookupError, RecursionError, ElementTree.ParseError):
            return target.shake(dice, body)
    if way > 0.9:
        return change_bytes(dice, body)
    words = _WORDS.findall(body)
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        change_words(dice, words, target.tokens)
    return b"".join(words)


def shake_json(dice, body):
    """A JSON text with a few values replaced, removed, repeated, renamed or wrapped."""
    data = json.loads(body)
    for _ in range(dice.choice((1, 1, 2, 4))):
        place = dice.choice([each for each in containers(data) if each] or [data])
        if not place or not isinstance(place, (dict, list)):
            return json.dumps(strange_json(dice)).encode()
        key = dice.choice(list(place)) if isinstance(place, dict) else dice.randrange(len(place))
        match dice.randrange(5):
            case 0 if isinstance(place, dict):
                place[dice.choice(NAMES)] = place.pop(key)
            case 0 | 1:
                place.pop(key)
            case 2 if isinstance(place, list):
                place.insert(key, place[key])
            case 3:
                place[key] = dice.choice([[place[key]], {"Id": place[key]}, {dice.choice(NAMES): place[key]}])
            case _:
                place[key] = strange_json(dice)
    return json.dumps(data, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")


def containers(data):
    """Every object and list in a JSON value."""
    if isinstance(data, (dict, list)):
        yield data
        for item in data.values() if isinstance(data, dict) else data:
            yield from containers(item)


def strange_json(dice):
    """A JSON value that a token spells."""
    while True:
        with contextlib.suppress(ValueError):
            return json.loads(dice.choice(JSON_TOKENS))


def shake_xml(dice, body):
    """An XML text with a few elements renamed, removed, repeated, made null or filled."""
    root = ElementTree.fromstring(body)
    for _ in range(dice.choice((1, 1, 2, 4))):
        place = dice.choice(list(root.iter()))
        one = dice.choice(list(root.iter()))
        match dice.randrange(6):
            case 0:
                place.tag = dice.choice([dice.choice(NAMES), one.tag, place.tag.lower()]) or "x"
            case 1 if len(place):
                place.remove(dice.choice(list(place)))
            case 2 if not any(each is place for each in one.iter()):
                place.append(one)
            case 3:
                place.set("{http://www.w3.org/2001/XMLSchema-instance}nil", dice.choice(["true", "1", "false", " true "]))
            case _:
                place.text = dice.choice(XML_TEXTS)
    return ElementTree.tostring(root)


def change_words(dice, body, tokens):
    """Change a list of words in place: insert, replace, remove, repeat or move one."""
    at = dice.randrange(len(body) + 1)
    new = dice.choice(tokens) if dice.random() < 0.6 or not body else dice.choice(body)
    match dice.randrange(6):
        case 0:
            body[at:at] = [new]
        case 1:
            body[at : at + 1] = [new]
        case 2:
            del body[at : at + dice.choice((1, 1, 2, 9))]
        case 3:
            body[at:at] = body[at : at + dice.choice((1, 2, 5, 20))]
        case 4:
            body[at:at] = [new] * dice.choice((2, 30))
        case 5 if body:
            body.insert(at, body.pop(dice.randrange(len(body))))


def change_bytes(dice, body):
    """A body with one byte changed, or with its end cut off."""
    at = dice.randrange(len(body) + 1)
    if dice.random() < 0.3:
        return body[:at]
    return body[:at] + dice.randbytes(dice.randrange(3)) + body[at + 1 :]
