#!/usr/bin/env python3
"""What a signer has been asked when keyd is told to end, it answers, and then
says that it goes."""
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile

from lib.stack import BUILD, children_of, equal, make_key, status_of, until

REQUESTS = 60
HELLO, KEYS, SIGN13, GOAWAY, NEWCHANNEL = 1, 2, 3, 33, 64


class Line:
    def __init__(self, sock):
        self.sock, self.last = sock, 0
        sock.settimeout(60)

    def send(self, kind, payload):
        self.last += 1
        self.sock.send(struct.pack("<4sBBHIIQII", b"SPK1", 1, 0, kind, len(payload), 0, self.last, 0, 0) + payload)

    def hear(self):
        """(type, id, status, payload, descriptors), or None at the end."""
        packet, passed, _, _ = socket.recv_fds(self.sock, 16384, 1)
        if not packet:
            return None
        _, _, _, kind, _, _, ident, _, status = struct.unpack("<4sBBHIIQII", packet[:32])
        return kind, ident, status, packet[32:], passed


def channel(path):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.connect(path)
    master = Line(sock)
    master.send(HELLO, struct.pack("<HHI", 1, 1, 0))
    master.hear()
    master.send(NEWCHANNEL, struct.pack("<I", 0))
    line = Line(socket.socket(fileno=master.hear()[4][0]))
    line.send(HELLO, struct.pack("<HHI", 1, 1, 0))
    line.hear()
    line.send(KEYS, struct.pack("<I", 0))
    slot, _, generation = struct.unpack("<HHI", line.hear()[3][8:16])
    return master, line, struct.pack("<HHIHH", slot, 0x0403, generation, 4, 32) + bytes(32)


directory = tempfile.mkdtemp(prefix="sallyport-")
keyd = None
try:
    make_key(directory, "demo")
    with open(f"{directory}/keyd.conf", "w", encoding="ascii") as file:
        file.write(f"""socket = "{directory}/keyd.sock"
            signer-group "demo" {{ key "demo" {{ file = "{directory}/demo-key.pem" }} }}
            client "we" {{ keys = {{ "demo" }} tickets = false }}""")
    with open(f"{directory}/log", "wb") as log:
        keyd = subprocess.Popen([f"{BUILD}/bin/keyd", "-f", f"{directory}/keyd.conf"], stderr=log)

    def told():
        with open(f"{directory}/log", encoding="ascii") as file:
            return "event=signer " in file.read()
    until("keyd has its signer", told, 60)
    signer = children_of(keyd.pid)[0]
    master, line, request = channel(f"{directory}/keyd.sock")
    os.kill(signer, signal.SIGSTOP)
    until("it is stopped", lambda: status_of(signer)["State"][0] == "T")
    first = line.last + 1
    for _ in range(REQUESTS):
        line.send(SIGN13, request)
    keyd.send_signal(signal.SIGTERM)
    os.kill(signer, signal.SIGCONT)
    for ident in range(first, first + REQUESTS):
        kind, got, status, _, _ = line.hear()
        equal("an answer", (kind, got, status), (SIGN13, ident, 0))
    kind, got, _, payload, _ = line.hear()
    equal("it says that it goes", (kind, got, payload), (GOAWAY, 0, bytes(4)))
    equal("and goes", line.hear(), None)
    equal("keyd's exit status", keyd.wait(30), 0)
except BaseException:
    with open(f"{directory}/log", encoding="ascii", errors="replace") as file:
        print(file.read())
    raise
finally:
    if keyd is not None and keyd.poll() is None:
        keyd.kill()
        keyd.wait()
    shutil.rmtree(directory)
