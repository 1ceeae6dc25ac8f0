#!/usr/bin/env python3
"""A proxy in front that is trusted says whose connections it brings, with PROXY
version 1 or 2: the log, the backend and the limits believe it. Nobody else is,
and a trusted one that says nothing is not served."""
import contextlib
import socket
import ssl
import struct
import time

from lib.proxy import exactly
from lib.stack import Stack, equal, until

seen = []


def keep_header(client):
    """A backend that keeps the addresses of the PROXY header that it gets."""
    fixed = exactly(client, 16)
    rest = exactly(client, struct.unpack("!H", fixed[14:])[0])
    if fixed[13] == 0x11:
        seen.append((socket.inet_ntoa(rest[:4]), socket.inet_ntoa(rest[4:8]), *struct.unpack("!HH", rest[8:12])))
    while data := client.recv(4096):
        client.sendall(data)


def v2(peer, local, peer_port, local_port):
    body = socket.inet_aton(peer) + socket.inet_aton(local) + struct.pack("!HH", peer_port, local_port)
    return b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack("!H", len(body)) + body


def served(stack, source, header, pieces=1):
    """There and back over TLS from this address, behind this header."""
    ctx = ssl.create_default_context(cafile=stack.chain)
    sock = socket.create_connection(("127.0.0.1", stack.port), timeout=15, source_address=(source, 0))
    size = max(1, len(header) // pieces)
    for at in range(0, len(header), size):
        sock.sendall(header[at:at + size])
        time.sleep(0.02 if pieces > 1 else 0)
    with ctx.wrap_socket(sock, server_hostname="localhost") as client:
        client.sendall(b"are you there?")
        equal("the echo", client.recv(100), b"are you there?")


def fails(stack, source, header):
    try:
        served(stack, source, header)
    except OSError:
        return True
    return False


def logged(stack, words):
    until(f"{words} in the log", lambda: words in stack.log("frontd"))


with Stack(serve=keep_header, site="proxy-protocol = v2", worker="source-connections = 3", processes=1,
           listen='accept-proxy-from = { "127.0.0.2", "192.0.2.0/24" } handshake-timeout = 5s') as stack:
    served(stack, "127.0.0.2", b"PROXY TCP4 198.51.100.7 203.0.113.1 4711 443\r\n")
    equal("what the backend is told", seen[-1], ("198.51.100.7", "203.0.113.1", 4711, 443))
    logged(stack, "peer=198.51.100.7 ")
    served(stack, "127.0.0.2", v2("198.51.100.8", "203.0.113.2", 1, 2), pieces=9)
    equal("what the backend is told", seen[-1], ("198.51.100.8", "203.0.113.2", 1, 2))
    logged(stack, "peer=198.51.100.8 ")
    served(stack, "127.0.0.2", b"PROXY UNKNOWN\r\n")
    equal("the proxy itself", seen[-1][0], "127.0.0.2")

    # Others are no proxies, and proxies say whose it is.
    served(stack, "127.0.0.1", b"")
    equal("its own address", seen[-1][0], "127.0.0.1")
    equal("one that is not trusted", fails(stack, "127.0.0.1", b"PROXY UNKNOWN\r\n"), True)
    equal("one that says nothing", fails(stack, "127.0.0.2", b""), True)
    logged(stack, 'end="proxy: no header"')
    equal("a broken one", fails(stack, "127.0.0.2", b"PROXY TCP4 1.1.1.1 1.1.1.1 1 one\r\n"), True)
    logged(stack, 'end="proxy: a broken header"')
    with socket.create_connection(("127.0.0.1", stack.port), timeout=15, source_address=("127.0.0.2", 0)) as late:
        late.sendall(b"PROXY TCP4 1.1.1.1")
        with contextlib.suppress(ConnectionResetError):
            equal("one that takes too long", late.recv(1), b"")
    logged(stack, 'end="handshake timeout"')

    # Limits are of the clients.
    def held(number):
        sock = socket.create_connection(("127.0.0.1", stack.port), timeout=15, source_address=("127.0.0.2", 0))
        sock.sendall(b"PROXY TCP4 198.51.100.%d 203.0.113.1 1 443\r\n" % number)
        return sock

    many = [held(1) for _ in range(3)] + [held(2) for _ in range(3)]
    served(stack, "127.0.0.2", b"PROXY TCP4 198.51.100.3 203.0.113.1 1 443\r\n")
    fourth = held(1)
    equal("a fourth of one", fourth.recv(1), b"")
    logged(stack, "event=limit reason=source-connections peer=198.51.100.1 ")
    for sock in [*many, fourth]:
        sock.close()
