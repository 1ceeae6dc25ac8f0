#!/usr/bin/env python3
"""Without a root file the ticket keys are the same in all workers, too. A site, a
listener or a client of keyd that is to give no tickets gives none."""
import os

from lib.stack import equal
from lib.tickets import LONG, VERSIONS, Ticketed, connect, make, settle, use_on

# Without a file the keys are the same in all workers, and others after a restart.
with Ticketed("rotate = 24h lifetime = 24h") as stack:
    settle(stack)
    for version in VERSIONS:
        first = make(stack, version)
        use_on(stack, version, set(stack.pids("frontd-worker")) - {first}, "on another worker")


def gives_none(stack, what):
    for version in VERSIONS:
        path = stack.path(f"{version}.session")
        for _ in range(5):
            said, _ = connect(stack, f"-{version}", "-sess_out", path)
            equal(f"{what}: {version} has a ticket",
                  "TLS session ticket:" in said or version == "tls1_3" and os.path.exists(path), False)


for words in ({"site": "tickets = false"}, {"listen": "tickets = false"}):
    with Ticketed(LONG, **words) as stack:
        gives_none(stack, str(words))
with Ticketed(LONG, client="tickets = false") as stack:
    equal("there is no keyd-tickets", stack.pids("keyd-tickets"), [])
    gives_none(stack, "a client that is to have none")
