#!/usr/bin/env python3
"""Where a layer of confinement cannot be had, keyd serves and says so, or, with
sandbox = require, does not start, and does not reload to that either."""
import json
import shutil
import subprocess
import tempfile

from lib.stack import BUILD, equal, make_key, needs_root, until

needs_root("only root has the capability that is taken away here")
# Without CAP_SYS_ADMIN there are no namespaces of one's own.
WITHOUT = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]
directory = tempfile.mkdtemp(prefix="sallyport-")
keyd = None


def configure(sandbox):
    with open(f"{directory}/keyd.conf", "w", encoding="ascii") as file:
        file.write(f"""socket = "{directory}/keyd.sock"
            sandbox = {sandbox}
            signer-group "one" {{ key "one" {{ file = "{directory}/one-key.pem" }} }}
            client "we" {{ keys = {{ "one" }} tickets = false }}""")


def start(before=()):
    with open(f"{directory}/log", "wb") as out:
        return subprocess.Popen([*before, f"{BUILD}/bin/keyd", "-f", f"{directory}/keyd.conf"], stderr=out)


def log():
    with open(f"{directory}/log", encoding="ascii", errors="replace") as file:
        return file.read()


def keydctl(*words):
    return subprocess.run([f"{BUILD}/bin/keydctl", "-s", f"{directory}/keyd-admin.sock", "--json", *words],
                          capture_output=True, text=True, timeout=60, check=False)


try:
    make_key(directory, "one")
    configure("require")
    keyd = start(WITHOUT)
    equal("exit status", keyd.wait(60), 1)
    equal("it says what is missing", "profile=keyd-signer layer=namespaces level=missing" in log(), True)
    equal("and why it ends", 'keyd: a signer of group "one" cannot be sealed, and sandbox is require' in log(), True)

    configure("best-effort")
    keyd = start(WITHOUT)
    until("it serves", lambda: keydctl("ping").returncode == 0, 60)
    row = json.loads(keydctl("status").stdout)["confinement"][1]
    equal("the levels", (row["namespaces"], row["root"], row["seccomp"]), ("missing", "missing", "full"))
    configure("require")
    refused = keydctl("reload")
    equal("a reload", (refused.returncode, refused.stderr),
          (1, 'keydctl: keyd: a signer of group "one" cannot be sealed, and sandbox is require\n'))
    equal("it serves on", keydctl("ping").returncode, 0)
    keyd.terminate()
    equal("exit status", keyd.wait(30), 0)

    keyd = start()
    until("with all layers it serves", lambda: keydctl("ping").returncode == 0, 60)
    equal("as required", json.loads(keydctl("status").stdout)["keyd"]["sandbox"], "require")
    keyd.terminate()
    equal("exit status", keyd.wait(30), 0)
except BaseException:
    print(log())
    raise
finally:
    if keyd is not None and keyd.poll() is None:
        keyd.kill()
        keyd.wait()
    shutil.rmtree(directory)
