#!/usr/bin/env python3
"""A ticket is taken as long as it is to be, over the end of its epoch and by
workers that were started after that, and no longer."""
import time

from lib.stack import until
from lib.tickets import VERSIONS, Ticketed, connect, make, renew_workers, resumed, settle, use

ROTATE = 5

with Ticketed(f'rotate = {ROTATE}s lifetime = {4 * ROTATE}s root = "root"') as stack:
    settle(stack)
    for version in VERSIONS:
        make(stack, version)
    made = int(time.time()) // ROTATE
    until("the epoch's end", lambda: int(time.time()) // ROTATE > made)
    for version in VERSIONS:
        use(stack, version, "in the next epoch")
    renew_workers(stack)
    for version in VERSIONS:
        use(stack, version, "by a new worker")
    for version in VERSIONS:
        words = f"-{version}", "-sess_in", stack.path(f"{version}.session")
        until("the ticket is old", lambda: not resumed(connect(stack, *words)[0]), seconds=6 * ROTATE)
