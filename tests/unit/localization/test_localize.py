"""Carriers in another language and culture."""

import copy
import subprocess
import sys
import tracemalloc
from collections import Counter
from itertools import islice, product

import pytest

from contactwire.carriers import Associate, Category, ContactEntity, EntityElement, FieldProperty, FieldRight
from contactwire.errors import EncodeError, HeaderError
from contactwire.localization import LanguagePreference, format_custom_field, localize
from contactwire.wire import UNSET, Carrier, Maybe
from tests.inside import languages

TEXT = 'NO:"Leverandør";US:"Supplier"'


class Node(Carrier):
    label: Maybe[str] = UNSET
    labels: Maybe[list[str | None]] = UNSET
    by_name: Maybe[dict[str, str | None]] = UNSET
    lists: Maybe[list[list[str]]] = UNSET
    child: Maybe["Node"] = UNSET
    children: Maybe[list["Node"]] = UNSET
    named: Maybe[dict[str, "Node"]] = UNSET


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Node(label=TEXT), Node(label="Supplier")),
        (Node(labels=[TEXT, None, "x"]), Node(labels=["Supplier", None, "x"])),
        (Node(by_name={TEXT: TEXT, "b": None}), Node(by_name={TEXT: "Supplier", "b": None})),
        (Node(lists=[[], [TEXT]]), Node(lists=[[], ["Supplier"]])),
        (Node(child=Node(child=Node(label=TEXT))), Node(child=Node(child=Node(label="Supplier")))),
        (Node(children=[Node(), Node(label=TEXT)]), Node(children=[Node(), Node(label="Supplier")])),
        (Node(named={"a": Node(label=TEXT)}), Node(named={"a": Node(label="Supplier")})),
        (Node(extras={"X": {"Y": [TEXT, 1, None]}}), Node(extras={"X": {"Y": ["Supplier", 1, None]}})),
        ([Node(label=TEXT), Node()], [Node(label="Supplier"), Node()]),
    ],
)
def test_strings_are_resolved_wherever_they_stand(value, expected):
    """Strings in properties, lists, dictionaries, nested carriers and unknown members are translated in a copy."""
    before = copy.deepcopy(value)
    assert localize(value, "en") == expected
    assert value == before
    assert localize(value, None) is value
    assert localize(value, "*") is value


@pytest.fixture
def calls(monkeypatch):
    """How often strings were taken apart, and codes and tags looked at, since the test began."""
    counted = Counter()
    for function in (languages.parse_multi_language, languages.language_and_region):

        def call(text, function=function):
            counted[function.__name__] += 1
            return function(text)

        monkeypatch.setattr(languages, function.__name__, call)
    return counted


TAGS = ["".join(letters) for letters in product("abcdefghijklmnopqrstuvwxy", repeat=3)]


def test_equal_strings_are_taken_apart_once(calls):
    """Each string of an answer is parsed once, however often it occurs and however many languages are wanted."""
    node = Node(labels=['zzz:"a"'] * 1000, by_name=dict.fromkeys(TAGS[:100], 'zzz:"a"'), extras={"X": ['zzz:"a"'] * 100})
    answer = localize(node, ",".join(TAGS[:1500]))
    assert (answer.labels[-1], answer.extras["X"][-1]) == ("a", "a")
    assert calls == {"parse_multi_language": 1, "language_and_region": 21}


@pytest.mark.parametrize("wanted", [",".join(TAGS[:1500]), TAGS[:1500], LanguagePreference(tuple(TAGS[:1500]))])
def test_many_codes_and_many_languages_are_no_product(calls, wanted):
    """Each code of a string is looked at once, and so is each of the 20 most wanted languages."""
    node = Node(label=";".join(f'zz-{tag}:"{tag}"' for tag in TAGS[:1000]))
    assert localize(node, wanted).label == "aaa"
    assert calls == {"parse_multi_language": 1, "language_and_region": 1020}


def test_distinct_strings_cost_one_look_each(calls):
    """A thousand strings with one code cost a thousand looks, and each wanted language costs one more."""
    localize(Node(labels=[f'zzz:"{n}"' for n in range(1000)]), ",".join(TAGS[:1500]))
    assert calls == {"parse_multi_language": 1000, "language_and_region": 1020}


def test_the_twenty_most_wanted_languages_count():
    """The 20 languages of highest weight count, wherever they stand in the header."""
    less, more = (",".join(f"{tag};q=0.5" for tag in TAGS[:1000]) + f",en;q={weight}" for weight in ("0.4", "0.6"))
    assert localize(Node(label=TEXT), less).label == "Leverandør"
    assert localize(Node(label=TEXT), more).label == "Supplier"
    assert len(LanguagePreference.from_headers(less).languages) == 20


def test_field_properties_and_categories():
    """A category's name and the reason of a missing right are translated."""
    right = FieldProperty(field_right=FieldRight(mask="Update", reason=TEXT))
    contact = ContactEntity(category=Category(value=TEXT), field_properties={"Name": right})
    answer = localize(contact, ["nb-NO"])
    assert answer.category.value == "Leverandør"
    assert answer.field_properties["Name"].field_right.reason == "Leverandør"


def test_what_does_not_change_is_shared():
    """The answer shares each object that localizing does not change, and is the argument itself where nothing changes."""
    phones = [EntityElement(value="1")]
    contact = ContactEntity(category=Category(value=TEXT), phones=phones)
    assert localize(contact, "en").phones is phones
    assert localize(ContactEntity(phones=phones), "en").phones is phones
    plain = ContactEntity(name="x")
    assert localize(plain, "en") is plain


def test_the_copy_has_extras_of_its_own():
    """An unknown member added to the answer is not added to the original."""
    contact = ContactEntity(name=TEXT, extras={"A": 1})
    answer = localize(contact, "en")
    answer.extras["B"] = 2
    assert contact.extras == {"A": 1}


def test_subclasses_keep_their_class():
    """An heir in place of its base keeps its class."""

    class Leaf(Node):
        pass

    answer = localize(Node(child=Leaf(label=TEXT)), "en")
    assert type(answer.child) is Leaf
    assert answer.child.label == "Supplier"


def test_values_of_a_wrong_type_pass():
    """A value of a wrong type is left for the encoder to report."""
    contact = ContactEntity(name=5, phones={"a": 1}, category=[TEXT], domains="x", custom_fields=[1], extras={"X": object})
    assert localize(contact, "en") is contact


def test_endless_nesting_is_refused():
    """A carrier that holds itself raises EncodeError, not RecursionError."""
    node = Node()
    node.child = node
    with pytest.raises(EncodeError, match="nesting"):
        localize(node, "en")
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(EncodeError, match="nesting"):
        localize(Node(extras={"X": [deep, "x"]}), "en")


def test_only_carriers_are_taken():
    """Anything but a carrier or a list of carriers is a TypeError."""
    with pytest.raises(TypeError, match="is no carrier class"):
        localize({"Name": TEXT}, "en")


FORMATTED = [
    ("[F:1234.50]", "sv", "1\xa0234,50"),
    ("[F:1234.50]", "en-US", "1,234.50"),
    ("[F:1234.50]", "de", "1.234,50"),
    ("[F:1234.50]", "NO", "1\xa0234,50"),
    ("[F:-0.5]", "en", "-0.5"),
    ("[F:1234567]", "en-IN", "12,34,567"),
    ("[F:1e3]", "en", "1,000"),
    ("[M:12.5]", "da-DK", "12,5"),
    ("[F:0.1234567890123456789012345678901234567890]", "en", "0.1234567890123456789012345678901234567890"),
    ("[D:01/31/2020]", "nb-NO", "31. jan. 2020"),
    ("[D:2020.01.31]", "en", "Jan 31, 2020"),
    ("[DT:01/31/2020 13:45:00.0000000]", "SW", "31 jan. 2020 13:45:00"),
    ("[DT:01/31/2020 00:00:00.0000000]", "de", "31.01.2020"),
    ("[T:14:52]", "sv", "14:52"),
    ("[T:14:52:09]", "sv", "14:52:09"),
    ("[D:01/01/0001 00:00:00.0000000]", "sv", ""),
]


@pytest.mark.parametrize(("text", "culture", "expected"), FORMATTED)
def test_numbers_and_dates_by_culture(text, culture, expected):
    """Custom-field numbers and dates are formatted as CLDR says, with all their digits."""
    assert format_custom_field(text, culture) == expected


@pytest.mark.parametrize("text", ["", "3.14", "[I:1]", "[A:1,2]", "[B:AA==]", "[TS:5]", "[F:x]", "[D:13/45/2020]", "[F:1] "])
def test_other_strings_are_not_formatted(text):
    """Text, integers, lists and markers that do not parse are not formatted."""
    assert format_custom_field(text, "sv") == text


@pytest.mark.parametrize(
    ("fields", "language"),
    [
        ({"a": "[F:1.5]{}x"}, "en"),
        ({"a": "[D:01/02/2020]{}"}, "en"),
        ({"a": "[F:1.5]", "a:DisplayText": "[F:{}"}, "en"),
        ({"a": "[F:1.5]"}, "en-{}"),
        ({"a": "[F:1.5]"}, "tlh-{},en"),
    ],
)
def test_long_texts_are_not_remembered(fields, language):
    """The cache keeps no number, date or language of 20 kB after an answer."""
    tracemalloc.start()
    try:
        for number in range(-5, 60):
            if not number:
                before = tracemalloc.get_traced_memory()[0]
            filling = "-".join([f"a{number}"] * 5000)
            sent = {key: text.format(filling) for key, text in fields.items()}
            assert localize(ContactEntity(custom_fields=sent), language.format(filling)).custom_fields["a"] == sent["a"]
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 100_000


@pytest.mark.parametrize("tags", ["{}", "en-{}", "{}-SE", "{}-Latn-SE"])
def test_unknown_languages_are_not_remembered(tags):
    """Nothing is kept of languages that CLDR does not know, however many of them requests ask for."""
    contact = ContactEntity(custom_fields={"a": "[F:1.5]"})
    unknown = map("".join, product("abcdefghij", repeat=4))
    tracemalloc.start()
    try:
        for number in range(-130, 300):
            if not number:
                before = tracemalloc.get_traced_memory()[0]
            localize(contact, ",".join(tags.format(f"qqqq{name}") for name in islice(unknown, 10)))
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 20_000


@pytest.mark.parametrize(
    ("culture", "expected"),
    [
        ("zh-TW", "1,234.5"),
        ("sr-BA", "1.234,5"),
        ("sr-ME", "1.234,5"),
        ("en-UK", "1,234.5"),
        ("iw-IL", "1,234.5"),
        ("de-QQ", "1.234,5"),
    ],
)
def test_cultures_by_other_names(culture, expected):
    """CLDR's locale is found without its script, by a withdrawn code, and where the region is unknown."""
    assert format_custom_field("[F:1234.5]", culture) == expected


@pytest.mark.parametrize("culture", ["zz", "", "../../etc/passwd", "x" * 10_000, "-", "sv_SE"])
def test_unknown_cultures(culture):
    """A culture that CLDR does not know is a HeaderError."""
    with pytest.raises(HeaderError, match="SO-Culture"):
        format_custom_field("[F:1]", culture)
    with pytest.raises(HeaderError, match="SO-Culture"):
        localize(ContactEntity(), "en", culture=culture)


FIELDS = {
    "SuperOffice:1": "[F:1234.50]",
    "SuperOffice:1:org": "[F:1234.50]",
    "SuperOffice:2": "[I:14]",
    "SuperOffice:2:DisplayText": TEXT,
    "SuperOffice:3": "[D:01/31/2020]",
    "superoffice:3:displaytext": "end of January",
    "SuperOffice:4": "[D:01/01/0001 00:00:00.0000000]",
    "SuperOffice:5": "text",
    "SuperOffice:6": "x",
    "SuperOffice:6:DisplayText": "[F:0.5]",
    "SuperOffice:7": None,
}


@pytest.mark.parametrize("attribute", ["custom_fields", "user_defined_fields", "extra_fields"])
def test_culture_formats_display_texts(attribute):
    """A culture gives numbers and dates a display text; values, `:org` and existing display texts stay."""
    contact = ContactEntity(**{attribute: dict(FIELDS)})
    answer = localize(contact, "nb-NO", culture="sv")
    assert getattr(answer, attribute) == {
        **FIELDS,
        "SuperOffice:2:DisplayText": "Leverandør",
        "SuperOffice:6:DisplayText": "0,5",
        "SuperOffice:1:DisplayText": "1\xa0234,50",
    }
    assert getattr(contact, attribute) == FIELDS


def test_the_language_is_the_culture_by_default():
    """The language formats where there is no `SO-Culture`; the preference's culture and then the argument override it."""
    contact = Associate(custom_fields={"a": "[F:0.5]"})
    assert localize(contact, ["tlh", "de"]).custom_fields["a:DisplayText"] == "0,5"
    preference = LanguagePreference(("de",), "en")
    assert localize(contact, preference).custom_fields["a:DisplayText"] == "0.5"
    assert localize(contact, preference, culture="sv").custom_fields["a:DisplayText"] == "0,5"
    assert localize(contact, ["tlh"]) is contact


def test_culture_without_a_language_is_ignored():
    """`SO-Culture` alone changes nothing."""
    contact = ContactEntity(custom_fields={"a": "[F:0.5]"})
    assert localize(contact, None, culture="sv") is contact
    assert localize(contact, LanguagePreference(culture="sv")) is contact


UNKNOWN_TO_CLDR = ["zz", "tlh-KX", "zzz-Abcd-AQ", "xx", "../../etc/passwd", "", "sv_SE"]


@pytest.mark.parametrize("culture", UNKNOWN_TO_CLDR)
def test_an_unknown_culture_of_a_request_counts_as_absent(culture):
    """The language formats where CLDR does not know a request's culture; an argument with that culture is refused."""
    contact = ContactEntity(custom_fields={"a": "[F:0.5]"})
    for preference in (LanguagePreference(("de",), culture), LanguagePreference.from_headers("de", None, culture)):
        assert localize(contact, preference).custom_fields["a:DisplayText"] == "0,5"
    with pytest.raises(HeaderError, match="SO-Culture"):
        localize(contact, "de", culture=culture)


def test_without_babel():
    """Without Babel an explicit culture is an error that says what to install, and a request's is ignored with a warning."""
    code = (
        "import sys, warnings; sys.modules['babel'] = None\n"
        "from contactwire import ContactEntity\n"
        "from contactwire.localization import LanguagePreference, localize\n"
        "contact = ContactEntity(custom_fields={'a': '[F:0.5]'})\n"
        "warnings.simplefilter('always')\n"
        "preference = LanguagePreference.from_headers(None, 'en', 'en-US')\n"
        "with warnings.catch_warnings(record=True) as told:\n"
        "    print(localize(contact, 'de') is contact, len(told))\n"
        "    print(localize(ContactEntity(), preference) == ContactEntity(), len(told))\n"
        "    print(*(localize(contact, preference) is contact for _ in range(3)), len(told), told[0].message)\n"
        "try: localize(contact, 'de', culture='sv')\n"
        "except ImportError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    advice = "formatting by culture needs Babel: pip install 'contactwire[culture]'"
    assert done.stdout.splitlines() == ["True 0", "True 0", f"True True True 1 SO-Culture is ignored: {advice}", advice]


def test_translating_loads_nothing_heavy():
    """Translating a contact loads neither Babel nor dateutil nor cattrs."""
    code = (
        "import sys; from contactwire import ContactEntity\n"
        "from contactwire.localization import localize\n"
        """print(localize(ContactEntity(name='NO:"a"', custom_fields={'b': 'c'}), 'nb').name)\n"""
        "print([name for name in ('babel', 'dateutil', 'cattrs') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["a", "[]"]


class Shelf(Carrier):
    """A carrier with dictionaries of such carriers."""

    label: Maybe[str] = UNSET
    shelves: "Maybe[dict[str, Shelf]]" = UNSET
    grid: "Maybe[dict[str, dict[str, Shelf]]]" = UNSET


def test_dictionaries_of_carriers_have_their_depth_and_their_wrong_values():
    """A wrong value in a dictionary's place passes, and a dictionary that leads back to its carrier is an EncodeError."""
    assert localize(Shelf(shelves=5), "en") == Shelf(shelves=5)
    endless = Shelf()
    endless.shelves = {"a": endless}
    with pytest.raises(EncodeError, match="without end"):
        localize(endless, "en")


def test_depth_is_counted_in_dictionaries_too():
    """Nesting without end is an EncodeError through one dictionary and through two."""
    by_name, by_two_names = Shelf(), Shelf()
    by_name.shelves, by_two_names.grid = {"a": by_name}, {"a": {"b": by_two_names}}
    for value in (by_name, by_two_names):
        with pytest.raises(EncodeError, match="without end"):
            localize(value, "en")
