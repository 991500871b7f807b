"""The way out: a transport that connects to public addresses only, whatever a name or a redirect says."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable

import httpcore2
import httpx2

from corpus.errors import Blocked

# Ports on which pages are published; all others (ssh, mail, databases) are nobody's article.
WEB_PORTS = frozenset([80, 443, 8080, 8443])
# Python calls these global, yet they carry a private IPv4 address to a gateway.
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


def is_public(address: str) -> bool:
    """Tell whether an IP address can be somebody's public web server."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in network for network in _TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast


class PublicNetwork(httpcore2.AsyncNetworkBackend):
    """Resolve a name, keep its public addresses, and connect to one of exactly these: a second answer can't rebind."""

    def __init__(self) -> None:
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Return a stream to the first public address that answers.

        Raises:
            Blocked: there is no public one, or the port is none of the web's.
        """
        if port not in WEB_PORTS:
            raise Blocked(f"port {port} is not a web server's")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(f"no name server answered for {host}") from error
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error
        public = [address for address in dict.fromkeys(str(entry[4][0]) for entry in found) if is_public(address)]
        if not public:
            raise Blocked(f"{host} is a private address")
        for last, address in enumerate(public, start=1 - len(public)):
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if last == 0:
                    raise
        raise AssertionError("unreachable: the last address returned or raised")


class PublicTransport(httpx2.AsyncHTTPTransport):
    """httpx2's own transport with `PublicNetwork` under it."""

    def __init__(self) -> None:
        super().__init__(trust_env=False)
        if not isinstance(getattr(self, "_pool", None), httpcore2.AsyncConnectionPool):
            raise RuntimeError("httpx2 has moved its connection pool: the guard against private addresses must follow")
        # httpx2 offers no way to give it a network backend, so its pool is replaced.
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False), network_backend=PublicNetwork()
        )
