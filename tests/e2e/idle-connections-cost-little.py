#!/usr/bin/env python3
"""Who says nothing holds hardly any memory: a connection before its first byte,
and one that has relayed much and is idle now. Buffers and handshakes are there
while they are of use."""
import ssl

from lib.stack import Stack, status_of, until

COUNT = 400
KIB_EACH = 8
MUCH = bytes(40000)


def resident(stack):
    return int(status_of(stack.pids("frontd-worker")[0])["VmRSS"].split()[0])


def costs_little(what, stack, before):
    each = (resident(stack) - before) / COUNT
    if each > KIB_EACH:
        raise AssertionError(f"{what}: {each:.1f} KiB each")


with Stack(processes=1) as stack:
    before = resident(stack)
    silent = [stack.connect() for _ in range(COUNT)]
    stack.served()  # they were accepted before it
    costs_little("connections that say nothing", stack, before)
    for one in silent:
        one.close()

    context = ssl.create_default_context(cafile=stack.chain)
    before, idle = resident(stack), []
    for _ in range(COUNT):
        client = context.wrap_socket(stack.connect(), server_hostname="localhost")
        client.sendall(MUCH)
        got = 0
        while got < len(MUCH):
            got += len(client.recv(65536))
        idle.append(client)
    costs_little("connections that are idle", stack, before)
    for client in idle:
        client.sendall(b"still there")
        until("an answer", lambda: client.recv(100))
        client.close()
