"""Carriers, the kinds of their properties, and the plans that all other packages read.

A class statement that derives from `Carrier` (`carrier`) runs the metaclass (`metaclass`), which makes one class that is
both an attrs class and a msgspec Struct. `annotations` looks up the names in the class's annotations where they were
written. `definition` keeps what the class body says: each property with its wire name (`names`), its default and its
`attrs.field`, whose validators and converters `hooks` runs. `kinds` reads the kind of a property's values from its
annotation; `flags` has the kind of .NET's flags, `enumerations` the base for enumerations with numbers. At the first use,
`plan_of` (`plan`) joins all of that into the immutable plan of the class, the one source of truth about it. `walk` searches
a carrier, at any depth, by its plan. `extras` holds unknown members, and `keys`
knows which property is a carrier's primary key. A property that is not there is `UNSET`, which is msgspec's; `reading` has
what reads one. `frameworks` finds who answers where pydantic asks a class.
"""

from contactwire.wire.carrier import (
    Carrier,
    CarrierType,
    absent_value,
    blank,
    evolve,
    finish_carrier,
    is_view,
    keep_tag,
    mark_view,
    start_carrier,
    tag_of,
)
from contactwire.wire.definition import EXTRAS_MARK, FieldPlan, definition_of
from contactwire.wire.enumerations import NumberedEnum, numbers_of
from contactwire.wire.extras import JSON_NUMBER, Extras, Number, number
from contactwire.wire.flags import FlagsKind
from contactwire.wire.frameworks import pydantic_core_schema, pydantic_json_schema
from contactwire.wire.hooks import HookFault
from contactwire.wire.keys import key_attributes, keys_differ, primary_key
from contactwire.wire.kinds import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DECIMAL,
    DOUBLE,
    INT32,
    INT64,
    MAX_DOUBLE,
    STRING,
    UNSET,
    UUID,
    DictionaryKind,
    Double,
    EnumerationKind,
    Int32,
    Int64,
    Kind,
    ListKind,
    Maybe,
    NestedKind,
    ScalarKind,
    UnsetType,
    WireName,
    innermost,
    is_carrier,
    kind_of,
    levels,
    nested_carrier,
)
from contactwire.wire.metaclass import EXTRAS_ATTRIBUTE, put_value, putter_of
from contactwire.wire.names import fold, pascal_case
from contactwire.wire.plan import (
    CarrierPlan,
    declaring_class,
    height,
    is_akin,
    kept_on_plan,
    leads_back,
    plan_inside,
    plan_of,
    reachable,
)
from contactwire.wire.reading import value_or
from contactwire.wire.walk import any_carrier_however_deep

__all__ = [
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "DECIMAL",
    "DOUBLE",
    "EXTRAS_ATTRIBUTE",
    "EXTRAS_MARK",
    "INT32",
    "INT64",
    "JSON_NUMBER",
    "MAX_DOUBLE",
    "STRING",
    "UNSET",
    "UUID",
    "Carrier",
    "CarrierPlan",
    "CarrierType",
    "DictionaryKind",
    "Double",
    "EnumerationKind",
    "Extras",
    "FieldPlan",
    "FlagsKind",
    "HookFault",
    "Int32",
    "Int64",
    "Kind",
    "ListKind",
    "Maybe",
    "NestedKind",
    "Number",
    "NumberedEnum",
    "ScalarKind",
    "UnsetType",
    "WireName",
    "absent_value",
    "any_carrier_however_deep",
    "blank",
    "declaring_class",
    "definition_of",
    "evolve",
    "finish_carrier",
    "fold",
    "height",
    "innermost",
    "is_akin",
    "is_carrier",
    "is_view",
    "keep_tag",
    "kept_on_plan",
    "key_attributes",
    "keys_differ",
    "kind_of",
    "leads_back",
    "levels",
    "mark_view",
    "nested_carrier",
    "number",
    "numbers_of",
    "pascal_case",
    "plan_inside",
    "plan_of",
    "primary_key",
    "put_value",
    "putter_of",
    "pydantic_core_schema",
    "pydantic_json_schema",
    "reachable",
    "start_carrier",
    "tag_of",
    "value_or",
]
