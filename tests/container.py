# SPDX-License-Identifier: MIT
"""The container's recipe, read and followed without Docker: in a root that debootstrap makes."""
from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from kernels import ROOT

DOCKERFILE = ROOT / ".devcontainer/Dockerfile"
KNOWN = ("FROM", "ENV", "COPY", "RUN", "USER", "WORKDIR", "CMD")
# Docker gives a container 64 MiB here; nothing of Tine's may need as much as a page.
SHARED_MEMORY = "size=4k"


class Instruction(NamedTuple):
    """One line of the recipe."""

    word: str
    rest: str


def instructions(text: str) -> List[Instruction]:
    """Reads a Dockerfile.

    Args:
        text: the file; lines are not continued in it.

    Returns:
        Its instructions in order.

    Raises:
        ValueError: a line is none that these tests know.
    """
    found = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if word not in KNOWN or not rest.strip() or rest.endswith("\\"):
            raise ValueError(f"what is: {line}")
        found.append(Instruction(word, rest.strip()))
    return found


def suite(recipe: List[Instruction]) -> str:
    """The release of Debian that the recipe begins with."""
    found = re.fullmatch(r"debian:([a-z]+)-slim", recipe[0].rest)
    assert recipe[0].word == "FROM" and found, recipe[0]
    return found[1]


def mirror() -> Optional[str]:
    """Where this machine's apt has Debian's packages from, or None."""
    done = subprocess.run(["apt-get", "indextargets", "--format", "$(ORIGIN) $(SITE)",
                           "Created-By: Packages"],
                          stdout=subprocess.PIPE, text=True, check=False)
    sites = [line.split()[1] for line in done.stdout.splitlines()
             if line.startswith("Debian ") and not line.endswith("-security")]
    return sites[0] if sites else None


class Root:
    """A folder in which Debian is installed; `follow` does to it what Docker would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.user = "root"
        self.place = "/"

    def make(self, release: str, site: str) -> None:
        """Installs the base system. It knows nothing of this machine but how to reach the net."""
        subprocess.run(["debootstrap", "--variant=minbase", release, str(self.folder), site],
                       check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       env={"PATH": f"{self.environment['PATH']}"})
        for name in ("resolv.conf", "hosts"):
            shutil.copy(Path("/etc") / name, self.folder / "etc" / name)
        settings = subprocess.run(["apt-config", "dump", "Acquire"], stdout=subprocess.PIPE,
                                  check=True).stdout
        (self.folder / "etc/apt/apt.conf.d/host").write_bytes(settings)

    def follow(self, recipe: List[Instruction]) -> Iterator[Tuple[str, str]]:
        """Follows the recipe.

        Args:
            recipe: the instructions; the first one, FROM, is done by make().

        Yields:
            Each RUN's command, and what it printed.
        """
        for word, rest in recipe[1:]:
            if word == "ENV":
                name, _, value = rest.partition("=")
                self.environment[name] = value
            elif word == "COPY":
                source, target = shlex.split(rest)
                shutil.copytree(ROOT / source, self.folder / target.strip("/"))
            elif word == "USER":
                self.user = rest
            elif word == "WORKDIR":
                self.place = rest
                (self.folder / rest.strip("/")).mkdir(exist_ok=True)
            elif word == "RUN":
                yield rest, self.run(rest)

    def run(self, command: str, **more: str) -> str:
        """Runs a shell command there, in a process tree of its own.

        Args:
            command: for /bin/sh; more: further environment.

        Returns:
            What it printed.

        Raises:
            AssertionError: it failed; the message is what it printed.
        """
        environment: Dict[str, str] = {**self.environment, "HOME": f"/home/{self.user}", **more}
        inside = (f"cd {shlex.quote(self.place)} && exec setpriv --reuid={self.user} "
                  f"--regid={self.user} --init-groups /bin/sh -c {shlex.quote(command)}")
        outside = (f"set -e; cd {shlex.quote(str(self.folder))}\n"
                   "mount -t proc proc proc; mount --rbind /dev dev\n"
                   f"mount -t tmpfs -o {SHARED_MEMORY} shm dev/shm\n"
                   f"exec chroot . /bin/sh -c {shlex.quote(inside)}")
        done = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child",
                               "/bin/sh", "-c", outside], env=environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}"
        return done.stdout
