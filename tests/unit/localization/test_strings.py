"""Multi-language strings and the languages that requests ask for."""

import pytest

from contactwire.errors import EncodeError
from contactwire.localization import (
    LanguagePreference,
    build_multi_language,
    parse_accept_language,
    parse_multi_language,
    resolve,
)

SUPPLIER = 'NO:"Leverandør";US:"Supplier"'

STRINGS = [
    ("two languages", SUPPLIER, {"NO": "Leverandør", "US": "Supplier"}),
    ("one language", 'NO:"Bil"', {"NO": "Bil"}),
    ("empty text", 'NO:"";US:"Car"', {"NO": "", "US": "Car"}),
    ("only an empty text", 'NO:""', {"NO": ""}),
    ("doubled quotes", 'NO:"Firma ""Nord""";US:"x"', {"NO": 'Firma "Nord"', "US": "x"}),
    ("a quote alone", 'NO:""""', {"NO": '"'}),
    ("what looks like the next language", 'NO:"a"";US:""b"', {"NO": 'a";US:"b'}),
    ("semicolons and colons", 'NO:"a;b:c";US:";"', {"NO": "a;b:c", "US": ";"}),
    ("line breaks", 'NO:"a\r\nb";US:"\n"', {"NO": "a\r\nb", "US": "\n"}),
    ("tags as codes", 'nb-NO:"a";zh-Hans-CN:"b"', {"nb-NO": "a", "zh-Hans-CN": "b"}),
]

LENIENT = [
    ("blanks", ' NO : "Bil" ; US : "Car" ', {"NO": "Bil", "US": "Car"}),
    ("a semicolon at the end", 'NO:"Bil";', {"NO": "Bil"}),
    ("single quotes inside", 'NO:"Firma "Nord" AS";US:"x"', {"NO": 'Firma "Nord" AS', "US": "x"}),
    ("a code twice", 'NO:"a";NO:"b"', {"NO": "a"}),
]

PLAIN = [
    "",
    "Supplier",
    '"Supplier"',
    'NO:"Leverandør',
    'NO:"Leverandør" or so',
    "NO:Leverandør",
    'N:"x"',
    'He said NO:"never"',
    "[SR_MANDATORY_FIELD_1281]",
    'NORWAY:"x"',
    'NO:"""',
    ':"x"',
]


@pytest.mark.parametrize(("name", "text", "texts"), STRINGS)
def test_strings_both_ways(name, text, texts):
    """A multi-language string parses into its texts, and building from those gives the string."""
    assert parse_multi_language(text) == texts
    assert build_multi_language(texts) == text


@pytest.mark.parametrize(("name", "text", "texts"), LENIENT)
def test_lenient_reading(name, text, texts):
    """Spellings of multi-language strings that only some servers write are read too."""
    assert parse_multi_language(text) == texts


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_is_no_multi_language_string(text):
    """Text that is no multi-language string passes unchanged in every language."""
    assert parse_multi_language(text) is None
    assert resolve(text, "nb-NO") == text


@pytest.mark.parametrize(
    ("texts", "pointers"),
    [({}, [""]), ({"N/O": "a", "US": 1}, ["/N~1O", "/US"]), ({1: "a"}, ["/1"]), ({'NO:"': "a"}, ['/NO:"'])],
)
def test_building_reports_every_fault(texts, pointers):
    """Building reports every code that is no language code and every text that is no string, as the caller's faults."""
    with pytest.raises(EncodeError) as caught:
        build_multi_language(texts)
    assert [issue.pointer for issue in caught.value.issues] == pointers


@pytest.mark.parametrize(
    "text",
    ['NO:"' + '"x' * 200_000, 'NO:"' + '";US:' * 200_000, 'NO:"a"' + " " * 400_000 + "x", 'NO:"' + '" ' * 200_000 + '"x"'],
)
def test_long_hostile_strings_end_soon(text):
    """Parsing takes time in proportion to the text, however many quotes and blanks it has."""
    resolve(text, "en")


ALL = 'GB:"colour";US:"color";NO:"farge";GE:"Farbe";SW:"färg";DA:"farve";FR:"couleur";PT:"cor";BR:"cor!"'


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        ("NO", "farge"),
        ("no", "farge"),
        ("nb", "farge"),
        ("nb-NO", "farge"),
        ("nn-NO", "farge"),
        ("en", "colour"),
        ("en-US", "color"),
        ("en-gb", "colour"),
        ("en-AU", "colour"),
        ("en-NO", "colour"),
        ("us", "color"),
        ("de", "Farbe"),
        ("de-AT", "Farbe"),
        ("sv", "färg"),
        ("sv-FI", "färg"),
        ("da", "farve"),
        ("fr-CA", "couleur"),
        ("pt-BR", "cor!"),
        ("pt", "cor"),
        ("tlh", "colour"),
        ("tlh, sv;q=0.5", "färg"),
        ("sv;q=0.5, da", "farve"),
    ],
)
def test_fallback_order(languages, expected):
    """A text is found by tag, then by language and region, by language, by the next wanted tag; else the first counts."""
    assert resolve(ALL, languages) == expected


def test_the_documented_example():
    """In the documentation's example, `Accept-Language: en` gives the supplier, and no header gives the whole string."""
    assert resolve(SUPPLIER, "en") == "Supplier"
    assert resolve(SUPPLIER, None) == SUPPLIER
    assert resolve(SUPPLIER, "*") == SUPPLIER
    assert resolve(SUPPLIER, ["nb-NO"]) == "Leverandør"


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("", ()),
        ("en", ("en",)),
        ("da, en-gb;q=0.8, en;q=0.7", ("da", "en-gb", "en")),
        ("en-us; en-gb", ("en-us", "en-gb")),
        ("en;q=0.7,da", ("da", "en")),
        ("en ; q=0.5 , \tde", ("de", "en")),
        ("en;Q=1.000", ("en",)),
        ("fr;q=0, en", ("en",)),
        ("fr;q=0.000", ()),
        ("*", ()),
        ("x", ()),
        ("en, *;q=0.1", ("en",)),
        (", ,en,,", ("en",)),
        ("en;q=0.1, EN", ("EN",)),
        ("a, b, c", ("a", "b", "c")),
    ],
)
def test_accept_language(header, tags):
    """The tags of `Accept-Language` are sorted by weight, and equal weights keep their order."""
    assert parse_accept_language(header) == tags


MALFORMED = [
    "en us",
    "en;q=2",
    "en;q=1.1",
    "en;q=0.1234",
    "en;q=.5",
    "en;q=",
    "en;q=-1",
    "en;q=abc",
    "en;q = 0.5",
    "en;level=1",
    "en_US",
    "en_US;q=abc",
    "\u00e9",
    "*-NO",
    "en\r\nX: y",
    "toolonglanguage",
    "en;q=0.5;q=0.6",
    "\uff45n",
    "en-" + "a" * 9,
    '"en"',
]


@pytest.mark.parametrize("element", MALFORMED)
@pytest.mark.parametrize("header", ["{}", "{}, nb, de;q=0.5", "nb,{} , de;q=0.5", "de;q=0.5; nb,{}"])
def test_malformed_elements_are_skipped(header, element):
    """An element of `Accept-Language` that is no language range is skipped, and the others count."""
    assert parse_accept_language(header.format(element)) == (("nb", "de") if "nb" in header else ())


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((None, None, None), LanguagePreference()),
        (("en", None, None), LanguagePreference(("en",))),
        (("en-us, en-gb", "nb-no", None), LanguagePreference(("nb-no",))),
        (("en", "*", None), LanguagePreference()),
        (("en", "x", "sv"), LanguagePreference()),
        (("en", "X", None), LanguagePreference()),
        (("en", "", None), LanguagePreference()),
        (("en", " \t", "sv"), LanguagePreference()),
        (("en", "*;q=0.5", None), LanguagePreference()),
        (("en", "nb;q=0", None), LanguagePreference()),
        (("en", "nb-no", "sv"), LanguagePreference(("nb-no",), "sv")),
        ((None, None, "sv"), LanguagePreference()),
        (("*", None, "sv"), LanguagePreference()),
    ],
)
def test_preference_from_headers(headers, expected):
    """`SO-Language` wins over `Accept-Language`; a blank, `*` or `x` cancels; `SO-Culture` needs a language."""
    preference = LanguagePreference.from_headers(*headers)
    assert preference == expected
    assert bool(preference) == bool(expected.languages)


CLIENTS = [
    ("the vendor's client with a language and a culture", (None, "en", "en-US"), LanguagePreference(("en",), "en-US")),
    ("the vendor's client for texts as stored", (None, "", None), LanguagePreference()),
    ("the same in a browser without languages", ("*", "", "nb-NO"), LanguagePreference()),
    ("the same in a browser", ("en-US,en;q=0.9", "", None), LanguagePreference()),
    ("fetch of Node and of browsers", ("*", None, None), LanguagePreference()),
    ("a browser", ("en-US,en;q=0.9", None, None), LanguagePreference(("en-US", "en"))),
    ("a broken one", ("en_US;q=abc, nb", None, None), LanguagePreference(("nb",))),
    ("nothing but a broken one", ("en_US", None, None), LanguagePreference()),
    ("a broken override", ("en", "nb_NO", None), LanguagePreference(("en",))),
    ("a half broken override", ("en", "nb_NO, sv", None), LanguagePreference(("sv",))),
    ("a blank culture", (None, "en", " "), LanguagePreference(("en",))),
    ("a .NET culture's name in another spelling", (None, "en", "en_US"), LanguagePreference(("en",))),
    ("broken and right cultures", (None, "en", "?, sv\n, de"), LanguagePreference(("en",), "de")),
    ("the invariant culture", (None, "en", "x"), LanguagePreference(("en",))),
]


@pytest.mark.parametrize(("client", "headers", "expected"), CLIENTS, ids=[client for client, *_ in CLIENTS])
def test_what_clients_send(client, headers, expected):
    """Header values of real clients give a preference, and a header without any valid element counts as absent."""
    assert LanguagePreference.from_headers(*headers) == expected


def test_the_highest_weight_of_a_language_counts():
    """A language that is named twice has the higher of its weights."""
    assert parse_accept_language("en;q=0.5, no;q=0.4, EN;q=0.3") == parse_accept_language("en;q=0.5, no;q=0.4")
    assert parse_accept_language("en;q=0.3, no;q=0.4, en;q=0.5") == parse_accept_language("en;q=0.5, no;q=0.4")
