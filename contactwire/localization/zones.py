"""The CRM's list of time zones: which zone of the IANA time zone database each of its names means."""

from __future__ import annotations

from datetime import tzinfo
from functools import lru_cache

from contactwire.errors import HeaderError, repr_of

__all__ = ["TIME_ZONE_IDS", "TIME_ZONE_NAMES", "check_base", "time_zone"]

TIME_ZONE_IDS = {
    1: "UTC",
    36: "AU-ACT",
    50: "BD",
    114: "CA-QC",
    140: "DK",
    156: "FR",
    261: "NO",
    425: "US-CA",
    433: "US-HI",
    460: "US-NY",
}
"""The names on the list by their number, as far as the numbers are known."""

# ISO 3166-1 countries with one time zone, by the IANA database's zone.tab. A country with outlying islands has that of its
# mainland.
_COUNTRIES = """
    AD Europe/Andorra, AE Asia/Dubai, AF Asia/Kabul, AG America/Antigua, AI America/Anguilla, AL Europe/Tirane,
    AM Asia/Yerevan, AO Africa/Luanda, AR America/Argentina/Buenos_Aires, AS Pacific/Pago_Pago, AT Europe/Vienna,
    AW America/Aruba, AX Europe/Mariehamn, AZ Asia/Baku, BA Europe/Sarajevo, BB America/Barbados, BD Asia/Dhaka,
    BE Europe/Brussels, BF Africa/Ouagadougou, BG Europe/Sofia, BH Asia/Bahrain, BI Africa/Bujumbura,
    BJ Africa/Porto-Novo, BL America/St_Barthelemy, BM Atlantic/Bermuda, BN Asia/Brunei, BO America/La_Paz,
    BQ America/Kralendijk, BS America/Nassau, BT Asia/Thimphu, BW Africa/Gaborone, BY Europe/Minsk, BZ America/Belize,
    CC Indian/Cocos, CF Africa/Bangui, CG Africa/Brazzaville, CH Europe/Zurich, CI Africa/Abidjan,
    CK Pacific/Rarotonga, CM Africa/Douala, CN Asia/Shanghai, CO America/Bogota, CR America/Costa_Rica,
    CU America/Havana, CV Atlantic/Cape_Verde, CW America/Curacao, CX Indian/Christmas, CY Asia/Nicosia,
    CZ Europe/Prague, DE Europe/Berlin, DJ Africa/Djibouti, DK Europe/Copenhagen, DM America/Dominica,
    DO America/Santo_Domingo, DZ Africa/Algiers, EE Europe/Tallinn, EG Africa/Cairo, EH Africa/El_Aaiun,
    ER Africa/Asmara, ES Europe/Madrid, ET Africa/Addis_Ababa, FI Europe/Helsinki, FJ Pacific/Fiji,
    FK Atlantic/Stanley, FO Atlantic/Faroe, FR Europe/Paris, GA Africa/Libreville, GB Europe/London,
    GD America/Grenada, GE Asia/Tbilisi, GF America/Cayenne, GG Europe/Guernsey, GH Africa/Accra, GI Europe/Gibraltar,
    GM Africa/Banjul, GN Africa/Conakry, GP America/Guadeloupe, GQ Africa/Malabo, GR Europe/Athens,
    GS Atlantic/South_Georgia, GT America/Guatemala, GU Pacific/Guam, GW Africa/Bissau, GY America/Guyana,
    HK Asia/Hong_Kong, HN America/Tegucigalpa, HR Europe/Zagreb, HT America/Port-au-Prince, HU Europe/Budapest,
    IE Europe/Dublin, IL Asia/Jerusalem, IM Europe/Isle_of_Man, IN Asia/Kolkata, IO Indian/Chagos, IQ Asia/Baghdad,
    IR Asia/Tehran, IS Atlantic/Reykjavik, IT Europe/Rome, JE Europe/Jersey, JM America/Jamaica, JO Asia/Amman,
    JP Asia/Tokyo, KE Africa/Nairobi, KG Asia/Bishkek, KH Asia/Phnom_Penh, KM Indian/Comoro, KN America/St_Kitts,
    KP Asia/Pyongyang, KR Asia/Seoul, KW Asia/Kuwait, KY America/Cayman, LA Asia/Vientiane, LB Asia/Beirut,
    LC America/St_Lucia, LI Europe/Vaduz, LK Asia/Colombo, LR Africa/Monrovia, LS Africa/Maseru, LT Europe/Vilnius,
    LU Europe/Luxembourg, LV Europe/Riga, LY Africa/Tripoli, MA Africa/Casablanca, MC Europe/Monaco,
    MD Europe/Chisinau, ME Europe/Podgorica, MF America/Marigot, MG Indian/Antananarivo, MK Europe/Skopje,
    ML Africa/Bamako, MM Asia/Yangon, MO Asia/Macau, MP Pacific/Saipan, MQ America/Martinique, MR Africa/Nouakchott,
    MS America/Montserrat, MT Europe/Malta, MU Indian/Mauritius, MV Indian/Maldives, MW Africa/Blantyre,
    MY Asia/Kuala_Lumpur, MZ Africa/Maputo, NA Africa/Windhoek, NC Pacific/Noumea, NE Africa/Niamey,
    NF Pacific/Norfolk, NG Africa/Lagos, NI America/Managua, NL Europe/Amsterdam, NO Europe/Oslo, NP Asia/Kathmandu,
    NR Pacific/Nauru, NU Pacific/Niue, NZ Pacific/Auckland, OM Asia/Muscat, PA America/Panama, PE America/Lima,
    PH Asia/Manila, PK Asia/Karachi, PL Europe/Warsaw, PM America/Miquelon, PN Pacific/Pitcairn,
    PR America/Puerto_Rico, PT Europe/Lisbon, PW Pacific/Palau, PY America/Asuncion, QA Asia/Qatar, RE Indian/Reunion,
    RO Europe/Bucharest, RS Europe/Belgrade, RW Africa/Kigali, SA Asia/Riyadh, SB Pacific/Guadalcanal, SC Indian/Mahe,
    SD Africa/Khartoum, SE Europe/Stockholm, SG Asia/Singapore, SH Atlantic/St_Helena, SI Europe/Ljubljana,
    SJ Arctic/Longyearbyen, SK Europe/Bratislava, SL Africa/Freetown, SM Europe/San_Marino, SN Africa/Dakar,
    SO Africa/Mogadishu, SR America/Paramaribo, SS Africa/Juba, ST Africa/Sao_Tome, SV America/El_Salvador,
    SX America/Lower_Princes, SY Asia/Damascus, SZ Africa/Mbabane, TC America/Grand_Turk, TD Africa/Ndjamena,
    TF Indian/Kerguelen, TG Africa/Lome, TH Asia/Bangkok, TJ Asia/Dushanbe, TK Pacific/Fakaofo, TL Asia/Dili,
    TM Asia/Ashgabat, TN Africa/Tunis, TO Pacific/Tongatapu, TR Europe/Istanbul, TT America/Port_of_Spain,
    TV Pacific/Funafuti, TW Asia/Taipei, TZ Africa/Dar_es_Salaam, UA Europe/Kyiv, UG Africa/Kampala,
    UY America/Montevideo, UZ Asia/Tashkent, VA Europe/Vatican, VC America/St_Vincent, VE America/Caracas,
    VG America/Tortola, VI America/St_Thomas, VN Asia/Ho_Chi_Minh, VU Pacific/Efate, WF Pacific/Wallis,
    WS Pacific/Apia, YE Asia/Aden, YT Indian/Mayotte, ZA Africa/Johannesburg, ZM Africa/Lusaka, ZW Africa/Harare
"""

# ISO 3166-2 regions with one time zone, in the countries that the list has by region.
_REGIONS = """
    AU-ACT Australia/Sydney, AU-NSW Australia/Sydney, AU-NT Australia/Darwin, AU-QLD Australia/Brisbane,
    AU-SA Australia/Adelaide, AU-TAS Australia/Hobart, AU-VIC Australia/Melbourne, AU-WA Australia/Perth,
    CA-AB America/Edmonton, CA-BC America/Vancouver, CA-MB America/Winnipeg, CA-NB America/Moncton,
    CA-NL America/St_Johns, CA-NS America/Halifax, CA-ON America/Toronto, CA-PE America/Halifax,
    CA-QC America/Toronto, CA-SK America/Regina, CA-YT America/Whitehorse,
    US-AL America/Chicago, US-AR America/Chicago, US-AZ America/Phoenix, US-CA America/Los_Angeles,
    US-CO America/Denver, US-CT America/New_York, US-DC America/New_York, US-DE America/New_York,
    US-GA America/New_York, US-HI Pacific/Honolulu, US-IA America/Chicago, US-IL America/Chicago,
    US-LA America/Chicago, US-MA America/New_York, US-MD America/New_York, US-ME America/New_York,
    US-MN America/Chicago, US-MO America/Chicago, US-MS America/Chicago, US-MT America/Denver,
    US-NC America/New_York, US-NH America/New_York, US-NJ America/New_York, US-NM America/Denver,
    US-NV America/Los_Angeles, US-NY America/New_York, US-OH America/New_York, US-OK America/Chicago,
    US-PA America/New_York, US-RI America/New_York, US-SC America/New_York, US-UT America/Denver,
    US-VA America/New_York, US-VT America/New_York, US-WA America/Los_Angeles, US-WI America/Chicago,
    US-WV America/New_York, US-WY America/Denver
"""

_ZONES = dict(entry.split() for entry in f"UTC UTC,{_COUNTRIES},{_REGIONS}".split(","))

TIME_ZONE_NAMES = tuple(_ZONES)
"""Every name that `time_zone` and the `SO-TimeZone` header know."""


def check_base(base: tzinfo | str) -> None:
    """Raise ValueError for a base time zone whose name is not on the CRM's list, TypeError for what is no zone."""
    if isinstance(base, str) and base.upper() not in TIME_ZONE_NAMES:
        advice = "give such a name, or a tzinfo"
        raise ValueError(f"{repr_of(base)} is not on the CRM's list of time zones, as 'NO' is: {advice}")
    if not isinstance(base, (str, tzinfo)):
        raise TypeError(f"a base time zone is a name on the CRM's list, such as 'NO', or a tzinfo, not {repr_of(base)}")


@lru_cache(maxsize=1024)
def time_zone(name: str) -> tzinfo:
    """The zone of a name on the CRM's list (`NO`, `US-NY`, `UTC`; any letter case), as a `zoneinfo.ZoneInfo`.

    Raises HeaderError for a name that is not on the list, and for a zone that the time zone database lacks.
    """
    # Imported when a request first names a zone, as Babel and dateutil are.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    known = _ZONES.get(name.upper())
    if known is None:
        raise HeaderError("SO-TimeZone", "no such time zone", name)
    try:
        return ZoneInfo(known)
    except ZoneInfoNotFoundError as error:  # pragma: no cover - only with a time zone database that lacks one
        raise HeaderError("SO-TimeZone", f"the time zone database lacks {known}", name) from error
