"""URLs of a bundle: those that a WHATWG URL parser writes as they stand, but for the slash at the end."""

import ipaddress
import re

from formats import Refused, need, text_of

DEFAULT_PORT = {"https": "443", "http": "80"}


def _ipv4(host):
    try:
        need(str(ipaddress.IPv4Address(host)) == host, "an IPv4 address written otherwise")
    except ValueError as error:
        raise Refused("an IPv4 address written otherwise") from error
    return host.startswith("127.")


def _ipv6(host):
    try:
        need("." not in host and str(ipaddress.IPv6Address(host)) == host, "an IPv6 address written otherwise")
    except ValueError as error:
        raise Refused("not an IPv6 address") from error
    return host == "::1"


def _is_loopback(host):
    """Checks the host; is it one that `http` may go to?"""
    if host.startswith("["):
        need(host.endswith("]"), "not an IPv6 address")
        return _ipv6(host[1:-1])
    need(re.fullmatch(r"[^A-Z\[\]<>^|%:@]+", host), "not a host as a parser writes it")
    last = host.removesuffix(".").split(".")[-1]
    return _ipv4(host) if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", last) else False


def check_url(text, practice=False, path=True):
    need(len(text_of(text).encode()) <= 1024, "a URL over 1,024 bytes")
    need(re.fullmatch(r"[!-~]*", text) and not re.search(r"[?#\\]", text), "a character that no URL here has")
    found = re.fullmatch(r"(https|http)://(\[[^\]/]*\]|[^/:]*)(?::([^/]*))?(/.*)?", text)
    need(found, "not a URL of http or https with a host")
    scheme, host, port, rest = found.groups()
    loopback = _is_loopback(host)
    need(scheme == "https" or practice and loopback, "http, and not to a loopback address in a practice build")
    if port is not None:
        need(re.fullmatch(r"0|[1-9][0-9]{0,4}", port) and int(port) <= 65_535, "not a port as a parser writes it")
        need(port != DEFAULT_PORT[scheme], "the scheme's own port")
    if rest is not None:
        need(path, "a path")
        need(not rest.endswith("/"), "a slash at the end")
        need(not re.search(r'["<>^`{}]', rest), "a character that a parser escapes")
        parts = (part.lower().replace("%2e", ".") for part in rest.split("/"))
        need(not {".", ".."} & set(parts), "a part that a parser takes out")
