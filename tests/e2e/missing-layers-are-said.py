#!/usr/bin/env python3
"""Where a layer of confinement cannot be had, best-effort serves and says which
is missing; require ends frontd with a failure and says the same."""
import subprocess

from lib.stack import Stack, equal, needs_root, until

needs_root("only root has the capability that is taken away here")

# Without CAP_SYS_ADMIN there are no namespaces of one's own.
WITHOUT = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]
MISSING = "profile=frontd-worker layer=namespaces level=missing"

with Stack(before=WITHOUT) as stack:
    for _ in range(3):
        stack.served()
    equal("best effort says what is missing", MISSING in stack.log("frontd"), True)

with Stack() as stack:
    stack.frontd.terminate()
    stack.frontd.wait(10)
    stack.before = WITHOUT
    stack.worker += " sandbox = require"
    stack.write_frontd()
    stack.frontd = stack.start("frontd")
    until("frontd gives up", lambda: stack.frontd.poll() is not None)
    equal("its exit status", stack.frontd.returncode, 1)
    equal("it says what is missing", MISSING in stack.log("frontd"), True)
    equal("and why it ends", "event=stop reason=sandbox-required" in stack.log("frontd"), True)
