#!/usr/bin/env python3
"""A session that one worker made is resumed by every other one, by those that
take killed ones' places, after keyd was started again, and after frontd was, in
TLS 1.2 and 1.3. The root of the keys is in no process that faces a client."""
import hmac
import os
import signal
import subprocess

from lib.stack import BUILD, equal, until
from lib.tickets import LONG, VERSIONS, Ticketed, make, renew_workers, settle, use_on


def restart(stack, name):
    daemon = getattr(stack, name)
    daemon.terminate()
    daemon.wait(10)
    os.rename(stack.path(f"{name}.log"), stack.path(f"{name}.old"))
    getattr(stack, f"start_{name}")()


def memory(stack):
    """The root is nowhere; a key that comes of it is in each worker."""
    if os.geteuid() != 0:
        print("note: only root reads other processes' memory")
        return
    with open(stack.path("root"), "rb") as file:
        root = file.read()
    with open(stack.path("prk"), "wb") as file:
        file.write(hmac.digest(b"sallyport ticket root", root, "sha256"))
    told = subprocess.run([f"{BUILD}/tests/keyask", stack.path("keyd.sock"), "tickets", "0"],
                          check=True, capture_output=True, text=True).stdout.split()
    secret = bytes.fromhex(told[5])
    # RFC 5869 with neither salt nor info: what libtls makes of the secret.
    key = hmac.digest(hmac.digest(bytes(32), secret, "sha256"), b"\1", "sha256")
    with open(stack.path("key"), "wb") as file:
        file.write(key)
    front = [stack.frontd.pid, *stack.pids("frontd-worker"), *stack.pids("frontd-connect")]
    scan = lambda *words: subprocess.run([f"{BUILD}/tests/memscan", "--raw", *map(str, words)],
                                         check=False, capture_output=True, text=True)
    for secret_file in ("root", "prk"):
        found = scan(stack.path(secret_file), *front, stack.keyd.pid)
        equal(f"the {secret_file} in memory:\n{found.stdout}{found.stderr}", found.returncode, 0)
    found = scan("--expect", stack.path("key"), *stack.pids("frontd-worker"))
    equal(f"the key of now in each worker:\n{found.stdout}{found.stderr}", found.returncode, 0)



with Ticketed(LONG) as stack:
    settle(stack)
    for version in VERSIONS:
        first = make(stack, version)
        use_on(stack, version, set(stack.pids("frontd-worker")) - {first}, "on another worker")
    memory(stack)
    new = renew_workers(stack)
    for version in VERSIONS:
        use_on(stack, version, new, "after all workers were killed")
    restart(stack, "keyd")
    until("keyd has its signer", lambda: "event=signer group=demo" in stack.log("keyd"))
    until("a handshake with the new keyd", stack.tried)
    new = renew_workers(stack)
    for version in VERSIONS:
        use_on(stack, version, new, "after keyd was started again")
    restart(stack, "frontd")
    until("frontd serves again", stack.tried)
    settle(stack)
    for version in VERSIONS:
        use_on(stack, version, set(stack.pids("frontd-worker")), "after frontd was started again")
    os.kill(stack.pids("keyd-tickets")[0], signal.SIGKILL)
    new = renew_workers(stack)
    for version in VERSIONS:
        use_on(stack, version, new, "after keyd-tickets was killed")
