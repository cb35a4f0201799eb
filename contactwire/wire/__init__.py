"""What travels: carriers, the kinds of their properties, and the plans that all other packages read.

A class that derives from `Carrier` (`carrier`) becomes an attrs class and a msgspec Struct at once (`metaclass`). What its
body says is kept as its definition (`definition`), with the names in annotations looked up where they were written
(`annotations`), and read into kinds (`kinds`). `plan_of` gives all of it as one immutable plan (`plan`), the one source of
truth about a carrier.
"""

from contactwire.wire.carrier import Carrier, blank, evolve
from contactwire.wire.definition import FieldPlan
from contactwire.wire.extras import Extras, Number, number
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
from contactwire.wire.names import fold, pascal_case
from contactwire.wire.plan import CarrierPlan, height, kept_on_plan, leads_back, plan_inside, plan_of, reachable
from contactwire.wire.walk import any_carrier, any_carrier_however_deep

__all__ = [
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "DECIMAL",
    "DOUBLE",
    "INT32",
    "INT64",
    "MAX_DOUBLE",
    "STRING",
    "UNSET",
    "UUID",
    "Carrier",
    "CarrierPlan",
    "DictionaryKind",
    "Double",
    "EnumerationKind",
    "Extras",
    "FieldPlan",
    "Int32",
    "Int64",
    "Kind",
    "ListKind",
    "Maybe",
    "NestedKind",
    "Number",
    "ScalarKind",
    "UnsetType",
    "WireName",
    "any_carrier",
    "any_carrier_however_deep",
    "blank",
    "evolve",
    "fold",
    "height",
    "innermost",
    "is_carrier",
    "kept_on_plan",
    "kind_of",
    "leads_back",
    "levels",
    "nested_carrier",
    "number",
    "pascal_case",
    "plan_inside",
    "plan_of",
    "reachable",
]
