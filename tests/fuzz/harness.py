"""What the fuzz targets share: the invariants of each decoder, the seeds, and the loop.

`fuzz_json.py` and its like run one target. With atheris (dependency group `fuzz`, Python 3.11 to 3.13) coverage leads the
way and libFuzzer's options work: `python tests/fuzz/fuzz_json.py -max_total_time=600 corpus/`. Without it, seeds are changed
at random, for as many seconds as the first argument says.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import pickle
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
from mutations import (
    FORM_TOKENS,
    JSON_TOKENS,
    PATCH_TOKENS,
    SELECT_TOKENS,
    XML_TOKENS,
    changed,
    inputs,
    shake_json,
    shake_xml,
)

try:
    import atheris
except ImportError:
    atheris = None

# Modules that are imported before this are not instrumented, so no module of the package is.
with atheris.instrument_imports(include=["contactwire"]) if atheris else contextlib.nullcontext():
    from contactwire import golden
    from contactwire.builtins import from_builtins, to_builtins
    from contactwire.carriers import ContactEntity, ContactEntityWithLinks
    from contactwire.codecs.form import FormCodec
    from contactwire.codecs.json import BadRecord, JsonCodec
    from contactwire.codecs.patches import JsonPatchCodec, MergePatchCodec
    from contactwire.codecs.xml import XmlCodec
    from contactwire.errors import (
        ContactWireError,
        ContentTooLarge,
        DecodeError,
        EncodeError,
        PatchConflict,
        PathError,
        ValidationError,
    )
    from contactwire.patch import diff
    from contactwire.paths import parse_pointer
    from contactwire.projection import Selection
    from contactwire.wire import number

HANGS_AFTER = 20
DEPTH = 20


@attrs.frozen
class Target:
    """A decoder with its invariants: `check` raises for a body for which an invariant does not hold.

    `seeds` are the first bodies, `tokens` are inserted into them, and `shake` changes a well-formed body into another
    well-formed one.
    """

    name: str
    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    tokens: tuple[bytes, ...]
    shake: Callable[[random.Random, bytes], bytes] | None = None


def outcome(call, *arguments, documented=(DecodeError, ValidationError)):
    """The result of a call, or its documented error, which is a decoder's by default; other errors pass through."""
    try:
        return call(*arguments)
    except documented as error:
        return error


def check_error(error):
    """Check that an error can be shown, sent and pickled."""
    assert str(error)
    assert error.status in (400, 409, 413)
    assert json.loads(error.to_body())["Error"] is True
    assert pickle.loads(pickle.dumps(error)) == error


def check_decoders_error(codec, body, error):
    """Check that a decoder's error also has a place."""
    check_error(error)
    if isinstance(error, ValidationError):
        assert error.issues
        pointers = [issue.pointer for issue in error.issues]
        for pointer in pointers:
            parse_pointer(pointer)
        if hasattr(codec, "locate"):
            places = codec.locate(body, [*pointers, "", "/Emails/0/Value"])
            assert len(places) == len(pointers) + 2
            assert all(line >= 1 and column >= 1 for line, column in places)
    else:
        assert error.line >= 1
        assert error.column >= 1


def plain(value):
    """A document as builtins."""
    return value.to_builtins() if hasattr(value, "apply") else to_builtins(value)


def exactly(data):
    """Builtins as text that tells 1 from 1.0 and true, and -0.0 from 0.0, and ignores the order of members."""
    if isinstance(data, dict):
        return f"{{{', '.join(sorted(f'{name!r}: {exactly(value)}' for name, value in data.items()))}}}"
    return f"[{', '.join(map(exactly, data))}]" if isinstance(data, list) else f"{type(data).__name__} {data!r}"


def check_stable(codec, value, type_):
    """Check that a decoded value can be written, reads the same again, and is written the same again."""
    written = outcome(codec.encode, value, documented=EncodeError)
    if isinstance(written, EncodeError):
        # Forms have no key for an empty name in some places. Every other decoded value can be written.
        assert all("no key of a form can spell" in issue.message for issue in written.issues), written
        return
    again = codec.decode(written, type_)
    assert exactly(plain(value)) == exactly(plain(again))
    assert codec.encode(again) == written


def check_alike(one, other):
    """Check that two ways to decode a body give equal values or equal errors."""
    assert type(one) is type(other), (one, other)
    if isinstance(one, ContactWireError):
        assert one == other
    else:
        assert exactly(plain(one)) == exactly(plain(other))


def check_body(codec, body, type_):
    """Check the invariants of every decoder of carriers; returns the decoded value or the error."""
    decoded = outcome(codec.decode, body, type_)
    if isinstance(decoded, ContactWireError):
        check_decoders_error(codec, body, decoded)
    else:
        check_stable(codec, decoded, type_)
    return decoded


def check_exact(codec, body, type_, fast):
    """Check that the codec that refuses repetitions gives the same where nothing is repeated."""
    exact = outcome(attrs.evolve(codec, duplicates="error").decode, body, type_)
    if isinstance(exact, ContactWireError):
        check_decoders_error(codec, body, exact)
    if isinstance(exact, ContentTooLarge) and not isinstance(fast, ContactWireError):
        # The first value of a repeated member does not count, however deep it nests.
        assert repeated(json.loads(body, object_pairs_hook=Pairs)), body
    elif not isinstance(exact, ValidationError) or all(issue.expected != "one value" for issue in exact.issues):
        check_alike(fast, exact)


JSON_CODECS = [
    JsonCodec(coerce=True),
    JsonCodec(unknown="error"),
    JsonCodec(unknown="ignore", max_depth=4),
    JsonCodec(indent=1),
]


def check_json(body):
    """Check that the fast and the exact path agree with each other and with the standard library's reading."""
    codec = JsonCodec(max_depth=DEPTH)
    decoded = check_body(codec, body, ContactEntityWithLinks)
    check_exact(codec, body, ContactEntityWithLinks, decoded)
    if not isinstance(decoded, DecodeError):
        data = json.loads(body, object_pairs_hook=Pairs)
        if not repeated(data):
            check_alike(
                decoded,
                outcome(from_builtins, json.loads(body, parse_int=number, parse_float=number), ContactEntityWithLinks),
            )
    other = JSON_CODECS[len(body) % len(JSON_CODECS)]
    type_ = list[ContactEntity] if body[:1] == b"[" else ContactEntity
    check_exact(other, body, type_, check_body(other, body, type_))


class Pairs(list):
    """An object of JSON as its name-value pairs."""


def repeated(data):
    """Whether an object in a JSON value has two names that are equal or differ in letter case only."""
    if isinstance(data, Pairs):
        names = [name.lower() for name, _ in data]
        return len(set(names)) < len(names) or any(repeated(value) for _, value in data)
    return isinstance(data, list) and any(map(repeated, data))


def check_json_stream(body):
    """Check that a stream of JSON gives the same records however it is cut."""
    check_stream(JsonCodec(max_depth=DEPTH), body)


def check_xml_stream(body):
    """Check that a stream of XML gives the same records however it is cut."""
    check_stream(XmlCodec(max_depth=DEPTH), body)


def check_stream(codec, body):
    """Check that a stream gives the same records however it is cut, and that a bad record does not hide the others."""
    whole = list(records(codec, body))
    cut = 1 + len(body) % 7
    chunks = [body[at : at + cut] for at in range(0, len(body), cut)]
    assert list(records(codec, chunks)) == whole
    for record in whole:
        if isinstance(record, tuple):
            check_error(record[2])


def records(codec, stream) -> Iterator[object]:
    """The records of a stream, or the error that ended it, in a form that compares."""
    try:
        for record in codec.iter_decode(stream, on_error="yield"):
            bad = isinstance(record, BadRecord)
            yield (record.index, record.line, record.error) if bad else to_builtins(record)
    except (DecodeError, ValidationError) as error:
        yield error


XML_CODECS = [
    *(XmlCodec(dialect=dialect, max_depth=DEPTH) for dialect in ("plain", "datacontract", "services", "webapi")),
    XmlCodec(unknown="error", duplicates="error"),
    XmlCodec(unknown="ignore", indent=1, max_depth=4),
]


def check_xml(body):
    """Check that codecs that keep unknown members read the same, and that the fast path reads as the exact one."""
    decoded = [check_body(codec, body, ContactEntityWithLinks) for codec in XML_CODECS]
    for other in decoded[1:4]:
        check_alike(decoded[0], other)
    check_exact(XML_CODECS[0], body, ContactEntityWithLinks, decoded[0])


FORM_CODECS = [
    FormCodec(style="dots"),
    FormCodec(style="brackets"),
    FormCodec(unknown="error"),
    FormCodec(unknown="ignore", duplicates="error", max_depth=4, max_index=3),
]


def check_form(body):
    """Check that codecs of both styles read the same, and that a fault stays the same with another pair behind it."""
    decoded = [check_body(codec, body, ContactEntityWithLinks) for codec in FORM_CODECS]
    check_alike(decoded[0], decoded[1])
    if not isinstance(decoded[0], DecodeError):
        beside = outcome(FORM_CODECS[0].decode, body + b"&Beside=x", ContactEntityWithLinks)
        if isinstance(decoded[0], ValidationError):
            assert beside == decoded[0]


CONTACT = JsonCodec().decode(golden.COMPLETE, ContactEntityWithLinks)
COMPLETE = to_builtins(CONTACT)


APPLYING = (PathError, PatchConflict, ValidationError, ContentTooLarge)


def exact(value):
    """A document as text, with types of numbers, signs of zeros and spellings of dates."""
    return json.dumps(to_builtins(value), sort_keys=True)


def check_patch(codec, body):
    """Check that a patch survives, and that applying it gives a contact that can be written, or a documented error.

    The difference of the contact before and after must give the one from the other, both ways.
    """
    patch = outcome(codec.decode, body)
    if isinstance(patch, ContactWireError):
        check_decoders_error(codec, body, patch)
        return
    check_stable(codec, patch, ContactEntity)
    for target in (CONTACT, ContactEntityWithLinks()):
        applied = outcome(patch.apply, target, documented=APPLYING)
        if isinstance(applied, ContactWireError):
            check_error(applied)
        else:
            for before, after in ((target, applied), (applied, target)):
                made = diff(before, after).apply(before)
                assert exact(made) == exact(after)


def check_json_patch(body):
    """Check a body as a JSON Patch in both dialects."""
    check_patch(JsonPatchCodec(max_depth=DEPTH), body)
    check_patch(JsonPatchCodec(patch_dialect="rfc", max_depth=DEPTH), body)
    assert to_builtins(CONTACT) == COMPLETE


def check_merge_patch(body):
    """Check a body as a merge patch in both dialects."""
    check_patch(MergePatchCodec(max_depth=DEPTH), body)
    check_patch(MergePatchCodec(patch_dialect="rfc", max_depth=DEPTH), body)
    assert to_builtins(CONTACT) == COMPLETE


def check_select(body):
    """Check that a `$select` has a canonical text with the same meaning, or faults with positions in the text."""
    text = body.decode("utf-8", "replace")
    selection = outcome(Selection.parse, text, documented=PathError)
    if isinstance(selection, PathError):
        check_error(selection)
        assert all(0 <= fault.position <= len(text) for fault in selection.faults)
        return
    assert Selection.parse(str(selection)) == selection
    to_builtins(selection.apply(CONTACT))


def written(codecs):
    """The small golden contacts in other formats, as far as those can hold them."""
    for body in (golden.SMALL, golden.HOSTILE):
        for codec in codecs:
            with contextlib.suppress(EncodeError):
                yield codec.encode(JsonCodec().decode(body, ContactEntityWithLinks))


PATCH_SEEDS = (
    b'[{"op":"add","path":"/Emails/-","value":{"Value":"x"}},{"op":"replace","path":"Category/Id","value":"3"}]',
    b'[{"op":"test","path":"/ContactId","value":763},{"op":"remove","path":"/Persons/0"},{"op":"add","path":"/Odd","value":[1]}]',
    b'[{"op":"move","from":"/Phones/0","path":"/Faxes/0"},{"op":"copy","from":"/Name","path":"/Department"}]',
    b'[{"op":"replace","path":"ExtraFields/x_foobar","value":"baz"},{"op":"add","path":"","value":{}}]',
)
MERGE_SEEDS = (golden.SMALL, b'{"Phones":{"Value":"1"},"Emails":[],"Category":{"Id":"3"},"CustomFields":{"k":null}}', b"[]")
SELECT_SEEDS = (b"name,department,category/id", b"Persons/Email , customFields/SuperOffice:1", b"", b",", b"*")

TARGETS = {
    target.name: target
    for target in (
        Target("json", check_json, (golden.SMALL, golden.HOSTILE, b"[{}]"), JSON_TOKENS, shake_json),
        Target(
            "json_stream",
            check_json_stream,
            (b'{"Name":"x"}\n{}\n', b'[{"Name":"x"},{}]', b"[" + golden.SMALL + b"]"),
            JSON_TOKENS,
        ),
        Target("xml", check_xml, (*golden.SMALL_XML.values(), *written(XML_CODECS[:3])), XML_TOKENS, shake_xml),
        Target(
            "xml_stream",
            check_xml_stream,
            (b"<ArrayOfContactEntity>%s</ArrayOfContactEntity>" % (b"<a><Name>x</Name></a>\n<a><!-- </a> --></a>" * 2),),
            XML_TOKENS,
            shake_xml,
        ),
        Target(
            "form",
            check_form,
            (b"ContactId=1&Name=x&Associate[Name]=y&Associate.Rank=2&Domains=a&Domains=b", *written(FORM_CODECS[:2])),
            FORM_TOKENS,
        ),
        Target("json_patch", check_json_patch, PATCH_SEEDS, PATCH_TOKENS, shake_json),
        Target("merge_patch", check_merge_patch, MERGE_SEEDS, JSON_TOKENS, shake_json),
        Target("select", check_select, SELECT_SEEDS, SELECT_TOKENS),
    )
}
"""All targets by name."""


def run(target, seconds):
    """Try bodies for some seconds, and stop at the first for which an invariant does not hold."""
    until = time.monotonic() + seconds
    for count, body in enumerate(inputs(target, seed=time.time_ns())):
        faulthandler.dump_traceback_later(HANGS_AFTER, exit=True)
        try:
            target.check(body)
        except Exception:
            print(f"{target.name}: {body!r}", file=sys.stderr)
            raise
        if time.monotonic() > until:
            faulthandler.cancel_dump_traceback_later()
            print(f"{target.name}: {count + 1} bodies, all fine")
            return


def main(name):
    """Run one target as a program."""
    target = TARGETS[name]
    if atheris is None:
        run(target, float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)
        return
    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder, "seeds")
        seeds.mkdir()
        for count, seed in enumerate(target.seeds):
            Path(seeds, f"seed{count}").write_bytes(seed)
        dictionary = Path(folder, "dictionary")
        dictionary.write_text(
            "".join(f'"{"".join(f"{chr(92)}x{byte:02x}" for byte in token)}"\n' for token in target.tokens)
        )
        options = [f"-dict={dictionary}", f"-timeout={HANGS_AFTER}", *sys.argv[1:], str(seeds)]
        atheris.Setup([sys.argv[0], *options], target.check, custom_mutator=mutator(target))
        atheris.Fuzz()


def mutator(target):
    """The function that changes bodies for libFuzzer; half of its bodies are libFuzzer's own changes."""

    def mutate(body, max_size, seed):
        dice = random.Random(seed)
        return atheris.Mutate(body, max_size) if dice.random() < 0.5 else changed(dice, body, target)[:max_size]

    return mutate
