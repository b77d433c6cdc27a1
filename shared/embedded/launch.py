"""Become another user, ask the kernel to be stopped with the parent, then become the server.

Run as a script by path with ``python -I -S``, so that it needs nothing but the interpreter and
starts in about 20 ms::

    launch.py <parent pid> <signal> <uid> <gid> <command> [arguments …]

``uid`` and ``gid`` of -1 keep the user. The kernel forgets the request when a process changes its
user, therefore the order. The request is bound to the *thread* that forked: start servers from a
thread that lives as long as the process, which is the main one. Where the kernel knows no such
request (macOS), a shell waits for the end of a pipe whose other end only the parent holds: standard
input.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Replace this process by the command; 125 when the parent is gone already."""
    parent, signal, uid, gid = (int(argument) for argument in sys.argv[1:5])
    command = sys.argv[5:]
    os.setsid()
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(125)
    else:
        watch(os.getpid(), signal)
    with open(os.devnull) as nothing:  # noqa: PTH123 -- pathlib costs a third of the start here.
        os.dup2(nothing.fileno(), 0)
    os.execv(command[0], command)  # noqa: S606 -- the command is this project's own.


def watch(pid: int, signal: int) -> None:
    """Leave a shell behind that signals ``pid`` when standard input ends, that is the parent."""
    if os.fork() == 0:
        script = f"read -r _; kill -{signal} {pid}"
        os.execv("/bin/sh", ["/bin/sh", "-c", script])  # noqa: S606 -- a fixed script.


if __name__ == "__main__":
    main()
