# SPDX-License-Identifier: MIT
"""Programs as other tool chains make them, and initial file systems as others pack them.

All are for Linux, and run there first: Tine must answer the same.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import List, NamedTuple, Tuple

import archives
import pytest
from kernels import FAIL, PASS, ROOT, boot, kernel, make

LAB = ("LAB=3", "SOLVED=3")
ARGUMENTS = ["one", "two", "three"]
MUSL_LOADER = "lib/ld-musl-x86_64.so.1"
GLIBC_LOADER = "lib64/ld-linux-x86-64.so.2"


MUSL = "/usr/lib/x86_64-linux-musl"
# musl-gcc -static-pie does not make one: it asks for a loader all the same.
MUSL_PIE = ("-static", "-fPIE", "-Wl,-pie,--no-dynamic-linker", "-nostartfiles",
            *(f"{MUSL}/{name}.o" for name in ("rcrt1", "crti", "crtn")))


class Program(NamedTuple):
    """How a program is made, what kind of file that is, and who starts it."""

    compiler: str
    flags: Tuple[str, ...]
    kind: str
    loader: str = ""

    def name(self) -> str:
        """For the list of tests."""
        return f"{self.compiler} {self.kind} {self.loader or 'static'}".replace("/", "-")


PROGRAMS = [
    Program("musl-gcc", ("-static",), "EXEC"),
    Program("musl-gcc", MUSL_PIE, "DYN"),
    Program("musl-gcc", ("-no-pie",), "EXEC", MUSL_LOADER),
    Program("gcc", ("-static",), "EXEC"),
    Program("gcc", ("-static-pie", "-fPIE"), "DYN"),
    Program("gcc", ("-pie", "-fPIE"), "DYN", GLIBC_LOADER),
    Program("clang", ("-static",), "EXEC"),
]


def need(tool: str) -> str:
    """Where a tool is; else the test is skipped."""
    path = shutil.which(tool)
    if path is None:
        pytest.skip(f"there is no {tool}; tools/setup.sh test tells how to get it")
    return path


def output(command: List[str], **options: object) -> str:
    """What a command prints; it must end well."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          timeout=60, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode in (0, 7), (command, done.returncode, done.stdout)
    return str(done.stdout)


def libraries(program: Path, loader: str) -> List[bytes]:
    """The members of an archive that a program with a loader needs."""
    names = re.findall(r"(/\S+) \(0x", output(["ldd", str(program)])) if "linux" in loader else []
    paths = {path.lstrip("/"): Path(path) for path in [*names, "/" + loader]}
    folders = {str(folder) for path in paths for folder in Path(path).parents if folder.name}
    return [*(archives.member(folder.encode(), mode=archives.DIRECTORY)
              for folder in sorted(folders)),
            *(archives.member(path.encode(), real.read_bytes())
              for path, real in paths.items())]


@pytest.mark.parametrize("made", PROGRAMS, ids=Program.name)
def test_a_program_does_what_it_does_on_linux(made: Program, tmp_path: Path) -> None:
    program = tmp_path / "program"
    subprocess.run([need(made.compiler), "-O1", *made.flags, str(ROOT / "tests/toolchain.c"),
                    "-o", str(program), "-lm"], check=True, timeout=60)
    headers = output(["readelf", "-hlW", str(program)])
    assert re.search(rf"Type:\s+{made.kind} ", headers)
    assert bool(made.loader) == ("INTERP" in headers) and made.loader in headers
    archive = tmp_path / "initrd.cpio"
    archive.write_bytes(archives.archive(
        archives.member(b"init", program.read_bytes()),
        *(libraries(program, made.loader) if made.loader else [])))
    run = boot(f"trace=none budget=20000 -- {' '.join(ARGUMENTS)}", kernel(*LAB), archive)
    assert run.console.user == output([str(program), *ARGUMENTS]).splitlines()
    assert run.status == FAIL and "pid 1 exited with status 7" in run.kernel_text()


SCRIPT = """
set -e
echo "$0 with $#: $*"
mkdir /tmp/busybox.$$
cd /tmp/busybox.$$
for word in pear apple fig; do echo $word; done > fruit
sort fruit | head -n 2
sed -n 's/p/P/gp' fruit
awk '{ print length($1), $1 }' fruit
grep -c e fruit || true
cat fruit fruit | wc -l
test -f fruit && echo there
cp fruit other; cmp fruit other && rm fruit; ls
echo $(( 6 * 7 )) | tr 0-9 a-j
(exit 3) || echo "exit $?"
sleep 0 & wait; echo waited
printf '%s-%03d\\n' x 7
find . -type f
cd /; rm -r /tmp/busybox.$$
bash -c 'words=(a b c); echo "bash: ${#words[@]} ${words[-1]}"; [[ abc == a* ]] && echo yes'
"""
APPLETS = ["sh", "mkdir", "sort", "head", "sed", "awk", "grep", "cat", "wc", "test", "cp", "cmp",
           "rm", "ls", "tr", "sleep", "printf", "find", "echo"]


def test_busybox_and_bash_from_an_archive_of_cpio(tmp_path: Path) -> None:
    """The names of one busybox are hard links, of which cpio stores the contents once."""
    busybox, bash, cpio = need("busybox"), need("bash-static"), need("cpio")
    root = tmp_path / "root"
    (root / "bin").mkdir(parents=True)
    (root / "tmp").mkdir()
    shutil.copy(busybox, root / "bin/busybox")
    shutil.copy(bash, root / "bin/bash")
    for applet in APPLETS:
        os.link(root / "bin/busybox", root / "bin" / applet)
    (root / "script").write_text(SCRIPT, encoding="utf-8")
    names = "\n".join([".", *(f"./{path.relative_to(root)}" for path in sorted(root.rglob("*")))])
    archive = subprocess.run([cpio, "--quiet", "-o", "-H", "newc"], input=names.encode(), cwd=root,
                             stdout=subprocess.PIPE, check=True).stdout
    assert len(archive) < os.path.getsize(busybox) + os.path.getsize(bash) + 100_000
    path = tmp_path / "initrd.cpio"
    path.write_bytes(archive)
    shown = make("run", *LAB, f"ARCHIVE={path}",
                 "APPEND=init=/bin/sh trace=none -- /script one two").stdout
    expected = output([busybox, "sh", str(root / "script"), "one", "two"],
                      env={"PATH": str(root / "bin")})
    lines = [line for line in shown.replace("\r", "").splitlines() if not line.startswith("[ ")]
    assert [line for line in lines if not line.startswith("  ")] == \
        expected.replace(str(root), "").splitlines()
    assert "audit: clean" in shown


def test_an_archive_may_say_things_twice(tmp_path: Path) -> None:
    """The root itself, folders and files that come again, /dev/console, contents in any name."""
    echo = (kernel(*LAB).parent.parent / "programs/bin/cat").read_bytes()
    folder = archives.DIRECTORY
    path = tmp_path / "initrd.cpio"
    path.write_bytes(archives.archive(
        archives.member(b".", mode=folder), archives.member(b"dev", mode=folder),
        archives.member(b"dev/console", mode=archives.DEVICE, device_major=5, device_minor=1),
        archives.member(b"dev", mode=folder), archives.member(b"./dev/../text", b"the first\n"),
        archives.member(b"a", inode=7, links=3),
        archives.member(b"b", b"linked\n", inode=7, links=3),
        archives.member(b"c", inode=7, links=3), archives.member(b"text", b"the second\n"),
        archives.member(b"init", echo)))
    run = boot("trace=none budget=2000 -- /text /a /b /c", kernel(*LAB), path)
    assert run.console.user == ["the second", "linked", "linked", "linked"]
    assert run.status == PASS
