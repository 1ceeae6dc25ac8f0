"""What the scripts about upgrades of frontd share: a frontd takes another's
place, and is no child of the test's by birth."""
import ctypes
import os
import re
import signal
import subprocess
import time

from lib import stack as lib
from lib.reload import Reloading
from lib.stack import alive, until

# Whose parent has ended is ours, as it would be the service manager's.
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class Adopted:
    """What Stack needs of subprocess.Popen, for a process that is there."""

    def __init__(self, pid):
        self.pid, self.returncode = pid, None

    def poll(self):
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                pid, status = self.pid, 0
            if pid != 0:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout=None):
        end = time.monotonic() + (timeout or 3600)
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("frontd", timeout)
            time.sleep(0.02)
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


class Upgrading(Reloading):
    """Its frontd can be another one; those before are in self.before."""

    def __init__(self, **words):
        self.old = []
        super().__init__(**{"words": 'admin-socket = "admin.sock"', **words})

    def frontctl(self, *words):
        return subprocess.run([f"{lib.BUILD}/bin/frontctl", "-s", self.path("admin.sock"), *words],
                              capture_output=True, text=True, timeout=100, check=False)

    def adopt(self):
        """The frontd that has taken over is the one that Stack has."""
        pid = int(re.findall(r"event=upgrade result=done number=(\d+) ", self.log("frontd"))[-1])
        self.old.append(self.frontd)
        self.frontd = Adopted(pid)

    def upgrade(self):
        """Upgrades, and waits until the new one is in force."""
        answer = self.frontctl("upgrade")
        if answer.returncode != 0:
            raise AssertionError(f"frontctl upgrade: {answer.stderr}")
        self.adopt()
        return answer.stdout

    def refused(self):
        """Has an upgrade refused, and gives the reasons."""
        answer = self.frontctl("upgrade")
        if answer.returncode != 1:
            raise AssertionError(f"frontctl upgrade: {answer.returncode} {answer.stdout} {answer.stderr}")
        return answer.stderr

    def old_end(self):
        """Those before end, as they do when their last connection has ended."""
        for one in self.old:
            until("the frontd before ends", lambda one=one: one.poll() is not None, 60)
        self.old = []

    def __exit__(self, *why):
        super().__exit__(*why)
        left = [one.pid for one in self.old if one.poll() is None and alive(one.pid)]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        if left and why[0] is None:
            raise AssertionError(f"those before outlive the last: {left}")
