#!/usr/bin/env python3
"""examples/echo.c, as a stranger builds it against the installed libraries: in
less than 150 lines of code a TLS server whose key is in keyd and whose process
can do nothing but serve. It outlives its signer and keyd, and its clients."""
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile

from lib.ports import free_port
from lib.stack import BUILD, alive, children_of, equal, make_key, name_of, status_of, until

SOURCE, LINES_MAX = "examples/echo.c", 150
PREFIX = "/opt/sallyport"
dir_ = tempfile.mkdtemp(prefix="sallyport-")
started = []


def path(name):
    return os.path.join(dir_, name)


def build():
    """The program, linked by what pkg-config says of the installed tree."""
    with open(SOURCE, encoding="utf-8") as file:
        code = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    lines = sum(1 for line in code.splitlines() if line.strip())
    if lines >= LINES_MAX:
        raise AssertionError(f"{SOURCE} has {lines} lines of code")
    subprocess.run(["make", "-s", f"B={BUILD}", f"DESTDIR={path('tree')}", f"prefix={PREFIX}", "install"], check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, "MAKEFLAGS": ""})
    lib = path(f"tree{PREFIX}/lib")
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "keyclient", "libseccomp"], check=True,
                           capture_output=True, text=True, env={**os.environ, "PKG_CONFIG_PATH": f"{lib}/pkgconfig"})
    flags = flags.stdout.replace(PREFIX, path(f"tree{PREFIX}"))
    subprocess.run(["cc", "-D_GNU_SOURCE", "-std=c11", "-Wall", "-Wextra", "-Werror", SOURCE, "-o", path("echo"),
                    *flags.split()], check=True)
    linked = subprocess.run(["ldd", path("echo")], check=True, capture_output=True, text=True,
                            env={**os.environ, "LD_LIBRARY_PATH": lib}).stdout
    for name in ("libkeyclient.so.1", "libs2n.so.1"):
        if f"{name} => {lib}" not in linked:
            raise AssertionError(f"{name} is not linked: {linked}")
    return lib


def start(name, words, **more):
    with open(path(f"{name}.log"), "ab") as log:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more)
    started.append(process)
    return process


def log(name):
    with open(path(f"{name}.log"), encoding="utf-8") as file:
        return file.read()


def start_keyd():
    served = log("keyd").count("event=signer ") if os.path.exists(path("keyd.log")) else 0
    keyd = start("keyd", [f"{BUILD}/bin/keyd", "-f", path("keyd.conf")])
    until("keyd has its signer", lambda: log("keyd").count("event=signer ") > served)
    return keyd


def client(port):
    context = ssl.create_default_context(cafile=path("demo.pem"))
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=10), server_hostname="localhost")


def said_back(conn, text):
    conn.sendall(text)
    got = b""
    while len(got) < len(text):
        more = conn.recv(65536)
        if not more:
            break
        got += more
    equal("what came back", got == text, True)


def signer_of(keyd):
    """Its pid, or None."""
    return next((pid for pid in children_of(keyd.pid) if name_of(pid) == "keyd-signer"), None)


def run():
    lib = build()
    make_key(dir_, "demo")
    with open(path("keyd.conf"), "w", encoding="ascii") as file:
        file.write(f"""
            socket = "{path("keyd.sock")}"
            signer-group "demo" {{ key "demo" {{ file = "{path("demo-key.pem")}" }} }}
            client "echo" {{ uid = "{os.geteuid()}" keys = {{ "demo" }} }}
            """)
    port = free_port()
    words, env = [path("echo"), path("keyd.sock"), path("demo.pem"), str(port)], {"LD_LIBRARY_PATH": lib}

    # Without keyd it says so and ends.
    early = start("early", words, env=env)
    equal("echo without keyd ends with", early.wait(10), 1)
    equal("it says why", "keyclient_connect" in log("early"), True)

    keyd = start_keyd()
    os.chmod(dir_, 0o755)
    echo = start("echo", words, env=env)
    until("echo serves", lambda: "serving" in log("echo"))
    status = status_of(echo.pid)
    equal("seccomp", status["Seccomp"], "2")
    equal("no new privileges", status["NoNewPrivs"], "1")
    if os.geteuid() == 0:
        equal("uids", status["Uid"].split(), ["65534"] * 4)

    first = client(port)
    said_back(first, b"hello\n")
    said_back(first, os.urandom(300000))
    others = [client(port) for _ in range(20)]
    for number, conn in enumerate(others):
        said_back(conn, b"%d" % number)
    # What is no TLS costs nobody anything.
    with socket.create_connection(("127.0.0.1", port), timeout=10) as stranger:
        stranger.sendall(b"GET / HTTP/1.0\r\n\r\n")
        equal("an alert", stranger.recv(7)[:1], b"\x15")

    # A signer dies: another takes its place, on a channel that comes unasked.
    signer = signer_of(keyd)
    os.kill(signer, signal.SIGKILL)
    until("another signer", lambda: signer_of(keyd) not in (None, signer))
    with client(port) as conn:
        said_back(conn, b"after the signer's death")
    equal("it lives", alive(echo.pid), True)

    # Keyd goes: who is connected stays; new ones wait in vain, and it lives on.
    keyd.send_signal(signal.SIGTERM)
    equal("keyd ends with", keyd.wait(20), 0)
    said_back(first, b"still here")
    try:
        client(port)
        raise AssertionError("a handshake without keyd")
    except (ssl.SSLError, OSError):
        pass
    said_back(first, b"and now")
    equal("it lives", alive(echo.pid), True)
    for conn in (first, *others):
        conn.close()
    echo.send_signal(signal.SIGTERM)
    equal("echo ends by", -echo.wait(10), signal.SIGTERM)


try:
    run()
except BaseException:
    for name in ("keyd", "echo", "early"):
        if os.path.exists(path(f"{name}.log")):
            print(f"---- {name}\n{log(name)}")
    raise
finally:
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()
    shutil.rmtree(dir_, ignore_errors=True)
