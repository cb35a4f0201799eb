"""Golden payloads: bodies to test with, as bytes.

`SMALL`, `COMPLETE` and `HOSTILE` are JSON bodies of a contact. `SMALL` is a typical request that changes a few properties.
`COMPLETE` has every property of every carrier. `HOSTILE` is valid, and full of values that codecs get wrong: absent, null
and empty values, seven-digit fractions, all spellings of time zones, unknown members of any shape, numbers at their limits,
and strings with a special meaning in one format or another.

`SMALL_XML` has the small body in each dialect of XML, by the dialect's name, as .NET's serializers and the SOAP services
write it. `SMALL_FORM` has it as a browser sends it, without the null, which no form can express.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

__all__ = ["ALL", "COMPLETE", "HOSTILE", "SMALL", "SMALL_FORM", "SMALL_XML"]

_TRAPS = {
    "entities": "<a>&amp;'\"</a>]]><!-- -->",
    "blanks": " \t both sides\r\nand \r inside ",
    "form": "a=b&c=d+e%20f;g",
    "patch": "~0~1/a",
    "quotes": 'NO:"Leverandør";US:"Supplier"',
    "planes": "Åse エ 🙂 \u2028 \u00a0 \ufffd",
    "marker": "[D:01/31/2020]",
    "words": "null",
    "digits": "0012",
    "": "no name at all",
    "a.b[0].c": "a path as a name",
}

_HOSTILE: dict[str, Any] = {
    "ContactId": 2147483647,
    "Name": _TRAPS["entities"],
    "Department": "",
    "OrgNr": None,
    "Number1": _TRAPS["blanks"],
    "Number2": "0012",
    "UpdatedDate": "2003-10-01T14:34:01.7525885+02:00",
    "CreatedDate": "0001-01-01T00:00:00",
    "Emails": [{}, {"Value": None}, {"Value": "", "Description": " "}],
    "Interests": [{"ChildItems": [{}, {"ChildItems": [{"ChildItems": []}]}], "LastChanged": "9999-12-31T23:59:59.9999999"}],
    "Urls": [],
    "Phones": None,
    "Description": "".join(_TRAPS.values()),
    "Category": {},
    "Business": None,
    "Associate": {"Type": "A type of tomorrow"},
    "Persons": [{"Firstname": _TRAPS["planes"], "Emails": []}],
    "NoMailing": False,
    "Deleted": -2147483648,
    "DbiLastSyncronized": "2018-12-24T07:34:45-0500",
    "DbiLastModified": "2018-12-24T12:34:45.0000001Z",
    "Address": {
        "Wgs84Latitude": -0.0,
        "Wgs84Longitude": 1.7976931348623157e308,
        "LocalizedAddress": [[], [{}, {"Name": ""}]],
    },
    "BounceEmails": [],
    "Domains": ["", " ", "x", "x"],
    "UserDefinedFields": {},
    "ExtraFields": {"x_null": None, "x_empty": ""},
    "CustomFields": _TRAPS,
    "FieldProperties": {"Address.Zipcode": {"FieldRight": {}, "FieldType": None, "FieldLength": -1}, "": {}},
    "Unknown": [None, True, 0, 1.5, 12345678901234567890, "", {}, [], [[]], {"": {"a b": [1, "1", "true"]}}],
    "name of two words": {"Nested": None},
    "xmlns": "http://example.com/",
}

SMALL = (
    b'{"ContactId":763,"Name":"Block Group","Department":"","OrgNr":null,"UpdatedDate":"2022-07-14T14:44:54",'
    b'"Emails":[{"Value":"post@block.example"}],"Category":{"Id":3},"CustomFields":{"SuperOffice:1":"[I:23]"}}'
)
SMALL_XML = {
    "plain": b"""<?xml version="1.0" encoding="utf-8"?>
<ContactEntity xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <ContactId>763</ContactId>
  <Name>Block Group</Name>
  <Department />
  <OrgNr xsi:nil="true" />
  <UpdatedDate>2022-07-14T14:44:54</UpdatedDate>
  <Emails>
    <EntityElement>
      <Value>post@block.example</Value>
    </EntityElement>
  </Emails>
  <Category>
    <Id>3</Id>
  </Category>
  <CustomFields>
    <Pair>
      <Key>SuperOffice:1</Key>
      <Value>[I:23]</Value>
    </Pair>
  </CustomFields>
</ContactEntity>
""",
    "datacontract": (
        b'<ContactEntity xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services"'
        b' xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><Category><Id>3</Id></Category><ContactId>763</ContactId>'
        b'<CustomFields xmlns:d2p1="http://schemas.microsoft.com/2003/10/Serialization/Arrays">'
        b"<d2p1:KeyValueOfstringstring><d2p1:Key>SuperOffice:1</d2p1:Key><d2p1:Value>[I:23]</d2p1:Value>"
        b"</d2p1:KeyValueOfstringstring></CustomFields><Department></Department><Emails><EntityElement>"
        b"<Value>post@block.example</Value></EntityElement></Emails><Name>Block Group</Name>"
        b'<OrgNr i:nil="true" /><UpdatedDate>2022-07-14T14:44:54</UpdatedDate></ContactEntity>'
    ),
    "services": (
        b'<NetServer:ContactEntity xmlns:NetServer="http://www.superoffice.net/ws/crm/NetServer/Services88">'
        b"<NetServer:ContactId>763</NetServer:ContactId><NetServer:Name>Block Group</NetServer:Name>"
        b"<NetServer:Department></NetServer:Department>"
        b'<NetServer:OrgNr xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"></NetServer:OrgNr>'
        b"<NetServer:UpdatedDate>2022-07-14T14:44:54</NetServer:UpdatedDate><NetServer:Emails><NetServer:EntityElement>"
        b"<NetServer:Value>post@block.example</NetServer:Value></NetServer:EntityElement></NetServer:Emails>"
        b"<NetServer:Category><NetServer:Id>3</NetServer:Id></NetServer:Category><NetServer:CustomFields>"
        b"<NetServer:StringKeyValuePair><NetServer:Key>SuperOffice:1</NetServer:Key><NetServer:Value>[I:23]</NetServer:Value>"
        b"</NetServer:StringKeyValuePair></NetServer:CustomFields></NetServer:ContactEntity>"
    ),
    "webapi": (
        b'<ContactEntityWithLinks xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
        b' xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.WebApi.v1.Carriers.ContactCarriers">'
        b'<Category xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services"><Id>3</Id></Category>'
        b'<ContactId xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services">763</ContactId>'
        b'<CustomFields xmlns:d2p1="http://schemas.microsoft.com/2003/10/Serialization/Arrays"'
        b' xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services"><d2p1:KeyValueOfstringstring>'
        b"<d2p1:Key>SuperOffice:1</d2p1:Key><d2p1:Value>[I:23]</d2p1:Value></d2p1:KeyValueOfstringstring></CustomFields>"
        b'<Department xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services"></Department>'
        b'<Emails xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services"><EntityElement>'
        b"<Value>post@block.example</Value></EntityElement></Emails>"
        b'<Name xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services">Block Group</Name>'
        b'<OrgNr i:nil="true" xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services" />'
        b'<UpdatedDate xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services">2022-07-14T14:44:54'
        b"</UpdatedDate></ContactEntityWithLinks>"
    ),
}
SMALL_FORM = (
    b"ContactId=763&Name=Block+Group&Department=&UpdatedDate=2022-07-14T14%3A44%3A54&Emails%5B0%5D%5BValue%5D="
    b"post%40block.example&Category%5BId%5D=3&CustomFields%5B0%5D%5BKey%5D=SuperOffice%3A1&CustomFields%5B0%5D%5BValue%5D="
    b"%5BI%3A23%5D"
)
COMPLETE = files(__name__).joinpath("complete.json").read_bytes()
HOSTILE = json.dumps(_HOSTILE, ensure_ascii=False, separators=(",", ":")).encode()
ALL = {"small": SMALL, "complete": COMPLETE, "hostile": HOSTILE}
"""The JSON bodies by name."""
