"""One form for all spellings of an article's address. Ids are hashes of it, so the rule may change only with a version note.

Neither library serves. courlan 1.4 makes one address of `?1234` and `?5678`, so articles would be lost. w3lib 2.5 keeps tracking
parameters and drops `#!/article/5`. Both may change with a release, and ids with them. Tests compare this rule with w3lib's.
"""

import re
from contextlib import suppress
from typing import Final
from unicodedata import normalize
from urllib.parse import SplitResult, quote_from_bytes, unquote_to_bytes, urlsplit

# Parameters that say how a reader came, never which article. Other names stay: `?id=5` and `?page=2` are articles.
_TRACKING: Final = frozenset(
    [
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "yclid",
        "ysclid",
        "twclid",
        "ttclid",
        "igshid",
        "igsh",
        "srsltid",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "_hsenc",
        "_hsmi",
        "_ga",
        "_gl",
        "ocid",
        "ito",
        "cmpid",
        "icid",
        "ncid",
        "xtor",
        "s_cid",
        "ref_src",
        "ref_url",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "traffic_source",
        "maca",
        "__twitter_impression",
        "fb_action_ids",
        "fb_action_types",
        "fb_source",
        "fb_ref",
        "li_fat_id",
        "vero_id",
        "wickedid",
        "oly_anon_id",
        "oly_enc_id",
        "dicbo",
        "wt_mc",
        "wt.mc_id",
        "usqp",
        "sfnsn",
    ]
)
_TRACKING_PREFIXES: Final = (
    "utm_",
    "mtm_",
    "pk_",
    "piwik_",
    "matomo_",
    "hsa_",
    "ns_",
    "at_medium",
    "at_campaign",
    "at_custom",
)
# These names may hold an article's number as well, so the value decides.
_CAME_FROM: Final = frozenset(["ref", "referrer", "source", "src", "from", "via", "medium", "share"])
_CHANNELS: Final = frozenset(
    [
        "rss",
        "feed",
        "twitter",
        "x",
        "facebook",
        "fb",
        "telegram",
        "tg",
        "whatsapp",
        "instagram",
        "youtube",
        "google",
        "newsletter",
        "email",
        "mail",
        "push",
        "app",
    ]
)

_DEFAULT_PORTS: Final = {None, 80, 443}
_PATH_SAFE: Final = "~!$&'()*+,;=:@"
_QUERY_SAFE: Final = "~!$'()*,;:@/?"
_UNSEEN: Final = re.compile(
    "[\t\r\n\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)  # what copying leaves in an address


def canonical_url(url: str) -> str:
    """Return the form that an address shares with its other spellings; anything but a web address comes back stripped.

    These differences vanish: percent-encoded or plain letters, case of the host, http or https, a default port, a slash at
    the end. So do the order of parameters, `&amp;` and parameters that only track readers. A fragment is dropped unless it
    names a page (`#!/5`, `#/5`).
    """
    url = _UNSEEN.sub("", url).strip()
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https", "") or not parts.hostname:
            return url
        host = _host(parts)
    except ValueError:
        return url
    path = "/".join(_requoted(part, _PATH_SAFE) for part in parts.path.split("/")).rstrip("/")
    query = "&".join(sorted(filter(None, map(_parameter, parts.query.replace("&amp;", "&").split("&")))))
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return f"https://{host}{path}/{'?' * bool(query)}{query}{'#' * bool(fragment)}{_requoted(fragment, _QUERY_SAFE)}"


def _host(parts: SplitResult) -> str:
    """Return host and port.

    Raises:
        ValueError: the port is not a valid number.
    """
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            host = normalize("NFC", host)
    return host if parts.port in _DEFAULT_PORTS else f"{host}:{parts.port}"


def _parameter(pair: str) -> str:
    """Return one parameter of the query, or an empty string where it says nothing about the article."""
    name, _, value = (part.replace("+", " ") for part in pair.partition("="))
    key = name.lower()
    if key in _TRACKING or key.startswith(_TRACKING_PREFIXES) or (key in _CAME_FROM and value.lower() in _CHANNELS):
        return ""
    return f"{_requoted(name, _QUERY_SAFE)}={_requoted(value, _QUERY_SAFE)}" if pair else ""


def _requoted(part: str, safe: str) -> str:
    """Percent-encode a part in one way: composed characters in UTF-8; bytes of another encoding stay the bytes that they are."""
    if part.isascii() and part.isalnum():
        return part
    data = unquote_to_bytes(part)
    with suppress(UnicodeDecodeError):
        data = normalize("NFC", data.decode()).encode()
    return quote_from_bytes(data, safe)
