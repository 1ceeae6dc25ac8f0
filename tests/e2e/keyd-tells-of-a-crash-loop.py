#!/usr/bin/env python3
"""A signer that dies again and again is said to have failed and tried less
often; keyd and its other groups go on, and a reload is a fresh start."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from lib.stack import BUILD, equal, make_key, until

directory = tempfile.mkdtemp(prefix="sallyport-")
keyd = None


def keydctl(*words):
    return subprocess.run([f"{BUILD}/bin/keydctl", "-s", f"{directory}/keyd-admin.sock", "--json", *words],
                          capture_output=True, text=True, timeout=60, check=False)


def processes():
    said = keydctl("status").stdout
    return {row["group"]: row for row in json.loads(said)["processes"]} if said else {}


def state(group):
    return processes().get(group, {}).get("state")


def log():
    with open(f"{directory}/log", encoding="ascii", errors="replace") as file:
        return file.read()


try:
    for name in ("one", "two"):
        make_key(directory, name)
    with open(f"{directory}/keyd.conf", "w", encoding="ascii") as file:
        file.write(f"""socket = "{directory}/keyd.sock"
            signer-group "one" {{ key "one" {{ file = "{directory}/one-key.pem" }} }}
            signer-group "two" {{ key "two" {{ file = "{directory}/two-key.pem" }} }}
            client "we" {{ keys = {{ "one" }} tickets = false }}""")
    with open(f"{directory}/log", "wb") as out:
        keyd = subprocess.Popen([f"{BUILD}/bin/keyd", "-f", f"{directory}/keyd.conf"], stderr=out)
    until("both serve", lambda: state("one") == state("two") == "serving", 60)

    dead = set()

    def failed():
        """Kills it as soon as it is there."""
        time.sleep(0.2)
        row = processes().get("one", {"pid": 0, "state": ""})
        if row["pid"] not in dead | {0}:
            os.kill(row["pid"], signal.SIGKILL)
            dead.add(row["pid"])
        return row["state"] == "failed"
    until("the group has failed", failed, 100)
    equal("deaths", len(dead), 8)
    equal("it is said loudly", "level=error process=keyd " in log() and
          "event=crash-loop group=one deaths=8 next_ms=30000" in log(), True)
    equal("the other serves", state("two"), "serving")
    metrics = keydctl("metrics").stdout
    for sample in ('keyd_signer_looping{group="one",speed="fast"} 1', 'keyd_signer_up{group="one",speed="fast"} 0',
                   'keyd_signer_looping{group="two",speed="fast"} 0', 'keyd_signer_up{group="two",speed="fast"} 1'):
        equal(sample, sample in metrics, True)
    ping = keydctl("ping")
    equal("a ping", (ping.returncode, ping.stderr), (1, 'keydctl: group "one" has no signer\n'))

    equal("a reload", keydctl("reload").stderr, "")
    equal("both serve again", (state("one"), state("two")), ("serving", "serving"))
    keyd.send_signal(signal.SIGTERM)
    equal("keyd's exit status", keyd.wait(30), 0)
except BaseException:
    print(log())
    raise
finally:
    if keyd is not None and keyd.poll() is None:
        keyd.kill()
        keyd.wait()
    shutil.rmtree(directory)
