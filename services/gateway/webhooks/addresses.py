"""Where a webhook may be delivered: no address inside a network, checked on what is connected to.

`ipaddress.is_global` alone is no guard: it calls multicast, 6to4, NAT64 and IPv4-compatible
addresses global, behind which a private one can be.
"""

import asyncio
import ipaddress
import socket
from urllib.parse import quote, urlsplit, urlunsplit

import idna

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_CLOSED = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2002::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
]
_LONGEST_URL = 2000
# Names that represent this machine or a network of one's own, whatever resolves them.
_OWN_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")


class AddressRefused(Exception):  # noqa: N818 -- errors name the fact here.
    """The address may not be delivered to; the text says why, for people."""


def is_public(text: str) -> bool:
    """Tell whether an IP address is one of the open Internet."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        address = mapped
    closed = any(address in network for network in _CLOSED if network.version == address.version)
    return address.is_global and not closed


def normalise_url(url: str) -> str:
    """Return a URL in ASCII: the host as its A-label (UTS 46), the rest percent-encoded.

    Raises AddressRefused for a host that is no domain name.
    """
    if url.isascii():
        return url
    parts = urlsplit(url)
    try:
        host = idna.encode(parts.hostname or "", uts46=True, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError) as error:
        raise AddressRefused(
            "Имя узла недопустимо: запишите его в punycode (xn--…) или проверьте написание."
        ) from error
    own, _, port = parts.netloc.rpartition("@")[2].partition(":")
    if not own or "@" in parts.netloc:
        raise AddressRefused("Адрес не должен содержать учётных данных и фрагмента.")
    netloc = f"{host}:{port}" if port else host
    path, query, fragment = (
        quote(part, safe="/%:@!$&'()*+,;=~?-._")
        for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine by its own name or address, whatever DNS says."""
    literal = _literal(host)
    return host == "localhost" if literal is None else ipaddress.ip_address(literal).is_loopback


def check_url(url: str, *, private_allowed: bool, loopback_allowed: bool = False) -> None:
    """Refuse a URL that is not plainly an https address of a host. Raises AddressRefused.

    A receiver on this machine may be plain HTTP where `loopback_allowed`.
    """
    parts = urlsplit(url)
    private_allowed |= loopback_allowed and is_loopback(parts.hostname or "")
    schemes = {"https", "http"} if private_allowed else {"https"}
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused("Адрес слишком длинный или содержит недопустимые знаки.")
    if parts.scheme not in schemes or not parts.hostname:
        raise AddressRefused("Нужен адрес https:// с именем узла.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused("Адрес не должен содержать учётных данных и фрагмента.")
    try:
        port = parts.port
    except ValueError as error:
        raise AddressRefused("Недопустимый порт.") from error
    if port == 0:
        raise AddressRefused("Недопустимый порт.")
    if not private_allowed and not _may_be_public(parts.hostname.rstrip(".")):
        raise AddressRefused(
            "Адреса частных сетей запрещены; их разрешает администратор настройкой "
            "WEBHOOK_PRIVATE_NETWORKS, получателей на этой машине — WEBHOOK_LOOPBACK."
        )


def _may_be_public(host: str) -> bool:
    """Tell whether a host can be outside: a public address, or a name that is nobody's own."""
    literal = _literal(host)
    if literal is not None:
        return is_public(literal)
    return "." in host and not any(host.endswith(f".{name}") for name in _OWN_NAMES)


def _literal(host: str) -> str | None:
    """Return the address a host spells, in the old forms of IPv4 too («0x7f.1», «2130706433»)."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


async def resolve(
    host: str, port: int, *, private_allowed: bool, loopback_allowed: bool = False
) -> str:
    """Return the one address to connect to, so that no second answer of DNS can replace it.

    Every address the name has must be public: one private among them refuses the name.
    Raises AddressRefused.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(f"Имя {host} не найдено.") from error
    addresses = [str(one[4][0]) for one in found]
    if loopback_allowed and is_loopback(host) and all(map(is_loopback, addresses)):
        return addresses[0]
    if not private_allowed and not all(is_public(address) for address in addresses):
        raise AddressRefused("Имя указывает на адрес частной сети.")
    return addresses[0]
