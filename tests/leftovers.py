#!/usr/bin/env python3
"""Runs a command and fails if a process that it started outlives it: tests/leftovers.py COMMAND...

The kernel gives this process the orphans of the command, whatever session or process group they chose.
Those that are left are named and killed. The exit code is the command's, or 1 if the command succeeded
and left a process.
"""
import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
# A process that was told to end needs a moment.
PATIENCE = 3.0


def main(command):
    if not command:
        sys.exit(__doc__)
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit(f"leftovers: prctl: {os.strerror(ctypes.get_errno())}")
    # The terminal sends Ctrl-C to the command too.
    signal.signal(signal.SIGINT, lambda *_: None)
    child = subprocess.Popen(command)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: os.kill(child.pid, number))
    code = wait_for(child.pid)
    left = wait_for_the_rest()
    for pid in left:
        print(f"!!! left behind: process {pid}: {about(pid)}", file=sys.stderr)
    kill(left)
    if left and code == 0:
        code = 1
    sys.exit(code)


def wait_for(command):
    """Reaps until the command ends; its exit code, as a shell counts."""
    while True:
        pid, status = os.wait()
        if pid == command:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def wait_for_the_rest():
    """The descendants that still live when patience ends."""
    deadline = time.monotonic() + PATIENCE
    while True:
        reap()
        left = descendants()
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def kill(left):
    # Whoever is killed leaves its own children to us.
    while left:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.05)
        reap()
        left = descendants()


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def descendants():
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            state, parent = stat(name)
            if state not in (None, "Z", "X"):
                children.setdefault(parent, []).append(int(name))
    found, new = [], [os.getpid()]
    while new:
        new = [child for pid in new for child in children.get(pid, [])]
        found += new
    return found


def stat(pid):
    """State and parent of a process; nothing if it has ended meanwhile."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name before them may hold blanks and parentheses.
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None, None
    return fields[0].decode(), int(fields[1])


def about(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = file.read().rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
    except OSError as error:
        return str(error)
    try:
        return f"{words} (in {os.readlink(f'/proc/{pid}/cwd')})"
    except OSError:
        # A process that guards a secret shows its folder to root alone.
        return words


if __name__ == "__main__":
    main(sys.argv[1:])
