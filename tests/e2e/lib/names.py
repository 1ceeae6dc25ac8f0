"""A name server of the test's own: what it knows, and whether it answers, may be
changed at any time."""
import socket
import struct
import threading

A, AAAA = 1, 28
SERVFAIL, NXDOMAIN = 2, 3


class NameServer:
    """known: name -> addresses, IPv4 and IPv6; all else does not exist. ttl is of
    every answer; fails: it says that it could not find out; silent: it says
    nothing. asked: the names and types that it was asked for."""

    def __init__(self, known, ttl=3600):
        self.known, self.ttl, self.fails, self.silent, self.asked = known, ttl, False, False, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, peer = self.socket.recvfrom(512)
            at, labels = 12, []
            while length := query[at]:
                labels.append(query[at + 1:at + 1 + length].decode().lower())
                at += 1 + length
            name, (kind, _) = ".".join(labels), struct.unpack("!HH", query[at + 1:at + 5])
            self.asked.append((name, kind))
            if not self.silent:
                self.socket.sendto(self.answer(query[:2], query[12:at + 5], name, kind), peer)

    def answer(self, number, question, name, kind):
        code = SERVFAIL if self.fails else 0 if name in self.known else NXDOMAIN
        family = {A: socket.AF_INET, AAAA: socket.AF_INET6}.get(kind)
        records = b""
        count = 0
        for address in self.known.get(name, []) if code == 0 else []:
            if (socket.AF_INET6 if ":" in address else socket.AF_INET) == family:
                data = socket.inet_pton(family, address)
                records += struct.pack("!HHHIH", 0xc00c, kind, 1, self.ttl, len(data)) + data
                count += 1
        return number + struct.pack("!HHHHH", 0x8180 | code, 1, count, 0, 0) + question + records

    def count(self, name):
        return [asked for asked, kind in self.asked if kind == A].count(name)
