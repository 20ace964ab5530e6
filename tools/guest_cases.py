# SPDX-License-Identifier: Apache-2.0
"""Cases in KTAP, for suites in Python in the guest."""

import faulthandler
import os
import subprocess
import sys
import time
import traceback

# For anything that must happen, on an emulated machine with others beside it.
LIMIT_S = 60 * int(os.environ.get("FANG_SLOWNESS", "1"))
CASE_LIMIT_S = 4 * LIMIT_S
GROUPS = "/sys/kernel/config/fang/groups"


def run(cases, parts):
    """Functions, named as what they show with _ for blanks; parts of names select some."""
    number = failed = 0
    for case in cases:
        name = case.__name__.replace("_", " ")
        if parts and not any(part in name for part in parts):
            continue
        number += 1
        # One that hangs shows where, and ends the suite.
        faulthandler.dump_traceback_later(CASE_LIMIT_S, exit=True)
        try:
            case()
            print(f"ok {number} {name}", flush=True)
        except Exception:
            failed += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {number} {name}", flush=True)
    faulthandler.cancel_dump_traceback_later()
    print(f"1..{number}")
    return 1 if failed else 0


def wait_until(what, condition):
    """Returns what the condition says once it is true."""
    end = time.monotonic() + LIMIT_S
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {LIMIT_S} s: {what}")
        time.sleep(0.05)
    return value


def equal(actual, expected, what=""):
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r:.600} is not {expected!r:.600}")


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def shell(command):
    subprocess.run(["bash", "-ec", command], check=True, stdout=sys.stderr)


def attribute(group, name):
    with open(f"{GROUPS}/{group}/{name}") as file:
        return file.read().strip()


def number(group, name):
    return int(attribute(group, name))


def change(group, name, value):
    with open(f"{GROUPS}/{group}/{name}", "w") as file:
        file.write(str(value))


class Service:
    """An example that listens to a group, with the capabilities that its unit leaves it, and its log."""

    def __init__(self, group, *command):
        with open(f"/fang/examples/fang-{group}.service") as unit:
            kept = [line.split("=")[1] for line in unit if line.startswith("CapabilityBoundingSet=")]
        bounds = ",".join(["-all", *("+" + name.removeprefix("CAP_").lower() for name in kept[0].split())])
        self.group = group
        self.command = ["setpriv", f"--bounding-set={bounds}", "--inh-caps=-all", *command]
        self.log = f"/run/{group}.log"
        self.process = None
        open(self.log, "w").close()

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stderr=log)
        wait_until(f"{self.group} has a listener", lambda: self.ended() or number(self.group, "listeners"))

    def ended(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.command} ended with {self.process.returncode}: {self.said()}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def said(self):
        with open(self.log) as log:
            return log.read()
