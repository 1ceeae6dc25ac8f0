#!/usr/bin/env python3
"""A backend may be a name: its addresses are asked for, IPv4 and IPv6, and asked
for again when they have lived as long as the name server lets them. Connections
wait for the first answer; what was found last stays while nobody can say; another
backend stands in for a name without addresses. It is logged."""
import contextlib
import os
import signal
import socket
import threading

from lib.names import NameServer
from lib.ports import free_port
from lib.reload import Reloading
from lib.stack import equal, until


class Named:
    """On one port of several addresses: says which one it was reached by."""

    def __init__(self, port, *addresses):
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            listener = socket.create_server((address, port), family=family, backlog=128)
            threading.Thread(target=self.run, args=(listener, address), daemon=True).start()

    def run(self, listener, address):
        while True:
            client, _ = listener.accept()
            with contextlib.suppress(OSError):
                client.sendall(address.encode())
                client.shutdown(socket.SHUT_WR)
            client.close()


PORT, IPV6 = free_port(), []
with contextlib.suppress(OSError):
    socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    IPV6 = ["::1"]
ADDRESSES = ["127.0.0.1", "127.0.0.2", "127.0.0.3", *IPV6]
Named(PORT, *ADDRESSES)
names = NameServer({"app.example": ["127.0.0.2"]})


class Looking(Reloading):
    """Before a backend, or several, by their names."""

    def __init__(self, *backends, words="", **more):
        self.names = "backends = { " + ", ".join(f'"{b}"' for b in backends) + " } " + words
        super().__init__(words=f'nameservers = {{ "{names.address}" }}', **more)

    def write(self, name, text):
        super().write(name, text.replace(f'backend = "{self.backend.address}"', self.names))

    def reached(self):
        with self.client() as client:
            return client.recv(100).decode()

    def tried(self):
        with contextlib.suppress(OSError):
            return self.reached() != ""

    def all_reached(self, count):
        return sorted({self.reached() for _ in range(count)})

    def said(self, words):
        return f"event=name name=app.example {words}" in self.log("frontd")


with Looking(f"App.Example:{PORT}", words="backend-failures = 1") as stack:
    equal("the address", stack.all_reached(3), ["127.0.0.2"])
    until("it is said", lambda: stack.said("result=found addresses=1 ttl_s=3600"))
    equal("asked once", names.count("app.example"), 1)
    # All that a reload finds is known already.
    stack.reload()
    equal("after a reload", stack.all_reached(3), ["127.0.0.2"])
    equal("asked once, still", names.count("app.example"), 1)

names.ttl, names.known["app.example"] = 0, ADDRESSES
with Looking(f"app.example:{PORT}") as stack:
    equal("each has its turn", sorted(stack.reached() for _ in range(2 * len(ADDRESSES))),
          sorted(2 * ADDRESSES))
    # The least that an answer is kept is 5 s, whatever the name server says.
    before = names.count("app.example")
    names.known["app.example"] = ["127.0.0.3", "127.0.0.1"]
    until("the new addresses, and no others", lambda: stack.all_reached(6) == ["127.0.0.1", "127.0.0.3"], 30)
    equal("how often it was asked for", names.count("app.example") - before in (1, 2), True)
    # Nobody can say: then it is as it was.
    names.fails = True
    until("a failure is said", lambda: stack.said("result=failed") and stack.said(
        'result=failed reason="no name server could say" addresses=2'), 30)
    equal("as it was", stack.all_reached(6), ["127.0.0.1", "127.0.0.3"])
    names.fails = False
    names.known["app.example"] = []
    before = names.count("app.example")
    until("that it has no address is a failure too", lambda: names.count("app.example") >= before + 2, 30)
    equal("also then", stack.all_reached(6), ["127.0.0.1", "127.0.0.3"])
    names.known["app.example"] = ["127.0.0.2"]
    until("it is found again", lambda: stack.all_reached(4) == ["127.0.0.2"], 60)
    equal("one failure said, of several", stack.log("frontd").count("event=name name=app.example result=failed"), 1)

# Who comes before the first answer waits for it.
names.ttl, names.silent = 3600, True


class Early(Looking):
    def tried(self):
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(self.reached())) for _ in range(8)]
        before = len(names.asked)
        for thread in threads:
            thread.start()
        until("asked again", lambda: len(names.asked) > before)
        names.silent = False
        for thread in threads:
            thread.join()
        equal("they have waited", answers, 8 * ["127.0.0.2"])
        return True


with Early(f"app.example:{PORT}", words="connect-timeout = 20s", listen="handshake-timeout = 30s") as stack:
    # A name that is new with a reload, and one that there is not.
    names.known["other.example"] = ["127.0.0.3"]
    stack.names = f'backends = {{ "other.example:{PORT}", "absent.example:{PORT}", "localhost:{PORT}" }} ' \
                  "balance = least-connections"
    stack.rewrite()
    stack.reload()
    equal("another stands in", set(stack.all_reached(12)) - {"127.0.0.1", "::1"}, {"127.0.0.3"})
    until("it is said", lambda: "event=name name=absent.example result=failed" in stack.log("frontd"))
    equal("nobody was asked for localhost", names.count("localhost"), 0)
    # frontd-connect forgets nothing when it is another.
    before = stack.pids("frontd-connect")
    os.kill(before[0], signal.SIGKILL)
    until("another", lambda: stack.pids("frontd-connect") not in (before, []))
    equal("the same", set(stack.all_reached(12)) - {"127.0.0.1", "::1"}, {"127.0.0.3"})
    before = stack.pids("frontd-fetch")
    os.kill(before[0], signal.SIGKILL)
    until("another", lambda: stack.pids("frontd-fetch") not in (before, []))
    asked = names.count("absent.example")
    until("it goes on asking", lambda: names.count("absent.example") > asked, 90)
