"""The law of storage: the endpoint can answer with all that it accepts, in any format, language and zone."""

from hypothesis import given
from hypothesis import strategies as st

from contactwire import ContactEntityWithLinks, EncodeError, FormCodec, JsonCodec, XmlCodec
from contactwire.codecs.patches import JsonPatchCodec, MergePatchCodec
from contactwire.errors import ContactWireError
from contactwire.http import ContactEndpoint
from contactwire.localization import TIME_ZONE_NAMES, build_multi_language
from contactwire.negotiation import RESPONSE_TYPES
from contactwire.testing import bodies, carriers, json_patches, merge_patches, selections, strings

PLAIN, JSON = JsonCodec(validate=False), {"Content-Type": "application/json"}
ENDPOINT, PATH = ContactEndpoint(), "/api/v1/Contact/1"
CODES = st.sampled_from(["NO", "US", "GE", "FR"])
TEXTS = strings() | st.dictionaries(CODES, strings(), min_size=1, max_size=3).map(build_multi_language)
STORED = carriers(ContactEntityWithLinks, text=TEXTS)
LANGUAGES = st.sampled_from([{}, {"SO-Language": "nb"}, {"SO-Language": "en", "SO-Culture": "de"}])
ZONES = st.sampled_from(
    [{}, *({"SO-TimeZone": f"{name}{offset}"} for name in TIME_ZONE_NAMES[:9] for offset in ("", ", includeTZOffset"))]
)
ASKED = st.builds(
    lambda language, zone, accept: {**language, **zone, "Accept": accept}, LANGUAGES, ZONES, st.sampled_from(RESPONSE_TYPES)
)


def written(codec, documents):
    """The bodies of documents that the format can hold."""

    def write(document):
        try:
            return codec.encode(document)
        except EncodeError:
            return b""

    return documents.map(write)


BODIES = {
    "application/json": bodies(ContactEntityWithLinks, JsonCodec()) | written(JsonCodec(), STORED),
    "application/xml": bodies(ContactEntityWithLinks, XmlCodec()) | written(XmlCodec(), STORED),
    "application/x-www-form-urlencoded": bodies(ContactEntityWithLinks, FormCodec()),
    "application/json-patch+json": written(JsonPatchCodec(), json_patches(ContactEntityWithLinks)),
    "application/merge-patch+json": written(MergePatchCodec(), merge_patches(ContactEntityWithLinks)),
}
SENT = st.sampled_from(list(BODIES)).flatmap(lambda name: st.tuples(st.just(name), BODIES[name]))


def ask(stored, method, headers, query="", body=b""):
    """The answer to a request, and the stored contact after it."""
    request = ENDPOINT.parse(method, PATH, query, headers, body)
    changed = request.apply(stored)
    return request.respond(changed), changed


@given(STORED, st.sampled_from(["PUT", "PATCH"]), SENT, ASKED, ASKED, selections())
def test_what_was_accepted_can_be_read_and_put_back(stored, method, sent, headers, asked, selection):
    """After a PUT or PATCH is answered with 200, so is each GET, and a PUT of its answer changes nothing."""
    stored.contact_id = 1
    content_type, body = sent
    try:
        _, stored = ask(stored, method, {**headers, "Content-Type": content_type}, body=body)
    except ContactWireError as error:
        assert error.status in (400, 409)
        return
    for query in ("", f"$select={selection}"):
        shown, _ = ask(stored, "GET", asked, query)
        assert shown.status == 200
    _, stored = ask(stored, "PUT", JSON, body=PLAIN.encode(stored))
    whole, _ = ask(stored, "GET", {**asked, **JSON, "Accept": "application/json"})
    _, again = ask(stored, "PUT", {**asked, **JSON}, body=whole.body)
    assert PLAIN.encode(again) == PLAIN.encode(stored)
