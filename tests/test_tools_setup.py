# SPDX-License-Identifier: MIT
"""tools/setup.sh and tools/python.sh on machines that are made up of stubs."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Dict, List, Optional, Set

import pytest

TOOLS = Path(__file__).resolve().parent.parent / "tools"
MACHINES = TOOLS.parent / "handouts/machines.md"
VERSIONS = {
    "make": "GNU Make 4.3",
    "gcc": "gcc (Maker 99.1 (x)) 12.2.0",
    "objcopy": "GNU objcopy 2.40",
    "nasm": "NASM version 2.16.01 compiled on Oct 2 2022",
    "qemu-system-x86_64": "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)",
    "clang": "Debian clang version 14.0.6",
    "clangd": "Debian clangd version 14.0.6",
    "clang-format": "Debian clang-format version 14.0.6",
    "clang-tidy": "Debian LLVM version 14.0.6",
}
OTHERS = ["gdb", "git", "unshare", "aarch64-linux-gnu-gcc", "cppcheck", "shellcheck", "mypy",
          "flake8", "musl-gcc", "busybox", "bash-static", "cpio", "debootstrap"]
TEST_MODULES = {"pytest", "xdist", "pexpect", "jsonschema"}
# Package to commands, as far as the tests install them.
PROVIDES = {"nasm": "nasm", "gcc": "gcc", "qemu-system-x86": "qemu-system-x86_64"}


class Machine:
    """A machine whose PATH holds stubs only; `log` records what apt and sudo were asked to do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        self.log = folder / "log"
        self.log.write_text("")
        self.tools = folder / "some tools"
        self.tools.mkdir()
        for name in ["setup.sh", "python.sh", "gdb.sh", "packages.txt"]:
            shutil.copy(TOOLS / name, self.tools)
        # The one absolute path in python.sh; nothing outside the stubs may be found.
        script = self.tools / "python.sh"
        script.write_text(script.read_text().replace("/usr/bin/python3", str(folder / "usr-py")))
        for name in ["sh", "env"]:
            (self.bin / name).symlink_to(str(shutil.which(name)))
        (self.bin / "share").mkdir()
        (self.bin / "share" / "qboot.rom").write_text("")
        self.command("id", "echo 0")
        self.command("uname", "echo Linux x86_64")
        self.os_release('ID=debian\nVERSION_ID="12"\n')
        for name, version in VERSIONS.items():
            self.tool(name, version)
        self.shop = folder / "shop"  # what apt installs from
        self.shop.mkdir()
        for command in PROVIDES.values():
            shutil.copy(self.bin / command, self.shop)
        for name in OTHERS:
            self.command(name, "exit 0")
        self.python("python3", TEST_MODULES)
        self.apt(known=["everything"])

    def command(self, name: str, script: str) -> None:
        path = self.bin / name
        path.write_text(f"#!{shutil.which('sh')}\n{script}\n")
        path.chmod(0o755)

    def tool(self, name: str, version: str) -> None:
        self.command(name, f'case $1 in -L) echo "{self.bin}/none"; echo "{self.bin}/share" ;; '
                           f'*) echo "{version}"; echo "(c) 1.2.3 somebody" ;; esac')

    def python(self, name: str, modules: Set[str], version: str = "") -> None:
        """A Python that says what python.sh's check would, from the arguments after -c CODE."""
        self.command(name, f"""
            [ -z "{version}" ] || {{ echo "is version {version}; 3.9 is needed" >&2; exit 1; }}
            shift 2
            for module; do
                case " {' '.join(modules)} " in
                *" $module "*) ;;
                *) echo "has no module $module" >&2; exit 1 ;;
                esac
            done""")

    def apt(self, known: List[str], installs: bool = True) -> None:
        """An apt that knows some packages, learns the others by update, and installs commands."""
        known_file = self.folder / "known"
        known_file.write_text("".join(f"{name}\n" for name in known))
        self.command("apt-cache", f"""
            while read -r name; do
                [ "$name" != everything ] && [ "$name" != "$2" ] || exit 0
            done <'{known_file}'
            exit 1""")
        cases = "\n".join(f"{package}) {shutil.which('ln')} -sf '{self.shop}/{command}' "
                          f"'{self.bin}' ;;" for package, command in PROVIDES.items())
        self.command("apt-get", f"""
            echo "apt-get $* ($DEBIAN_FRONTEND)" >>'{self.log}'
            case $1 in update) echo everything >'{known_file}'; exit 0 ;; esac
            apt-cache show x || exit 100
            {'' if installs else 'exit 0'}
            for package; do case $package in
            {cases}
            esac; done""")

    def os_release(self, text: str) -> None:
        (self.folder / "os-release").write_text(text)

    def remove(self, *names: str) -> None:
        for name in names:
            (self.bin / name).unlink()

    def environment(self, **more: str) -> Dict[str, str]:
        return {"PATH": str(self.bin), "TINE_OS_RELEASE": str(self.folder / "os-release"), **more}

    def setup(self, goal: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([str(shutil.which("sh")), str(self.tools / "setup.sh"), goal],
                              env=self.environment(**more), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def choose(self, *goal: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([str(shutil.which("sh")), str(self.tools / "python.sh"), *goal],
                              env=self.environment(**more), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)

    def asked(self) -> List[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


@pytest.mark.parametrize("goal", ["demo", "gdb", "test"])
def test_silence_when_nothing_is_missing(machine: Machine, goal: str) -> None:
    done = machine.setup(goal)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert machine.asked() == []


def test_a_goal_asks_for_its_own_tools_only(machine: Machine) -> None:
    machine.remove("gdb", "cppcheck")
    machine.python("python3", set())
    assert machine.setup("demo", TINE_SETUP="check").stderr == ""
    done = machine.setup("gdb", TINE_SETUP="check")
    assert "steps through the kernel" in done.stderr and "cppcheck" not in done.stderr
    done = machine.setup("test", TINE_SETUP="check")
    assert "cppcheck" in done.stderr and "pytest" in done.stderr and "gdb" in done.stderr


def test_root_installs_with_apt(machine: Machine) -> None:
    machine.remove("nasm", "qemu-system-x86_64")
    done = machine.setup("demo")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "    nasm 2.14 or newer: assembles the boot and trap code\n" in done.stderr
    command = "apt-get install -y --no-install-recommends nasm qemu-system-x86 qemu-system-data"
    assert f"Installing: {command}\n" in done.stderr
    assert machine.asked() == [f"{command} -o DPkg::Lock::Timeout=120 (noninteractive)"]


def test_update_comes_first_only_for_an_unknown_package(machine: Machine) -> None:
    machine.remove("nasm")
    machine.apt(known=["gcc"])
    done = machine.setup("demo")
    assert done.returncode == 0, done.stderr
    assert [line.split()[1] for line in machine.asked()] == ["update", "install"]


def test_a_failing_installation_is_tried_again_after_an_update(machine: Machine) -> None:
    machine.remove("nasm")
    machine.apt(known=["nasm"])  # "x", for which apt-get asks, is not known before an update
    done = machine.setup("demo")
    assert done.returncode == 0, done.stderr
    assert [line.split()[1] for line in machine.asked()] == ["install", "update", "install"]


def test_sudo_is_used_when_it_works(machine: Machine) -> None:
    machine.remove("nasm")
    machine.command("id", "echo 1000")
    machine.command("sudo", f'echo "sudo $*" >>"{machine.log}"; [ "$1" != -n ] || shift\n'
                            '[ "$1" = true ] || exec "$@"')
    done = machine.setup("demo")
    assert done.returncode == 0, done.stderr
    assert "Installing: sudo apt-get install -y --no-install-recommends nasm\n" in done.stderr
    assert machine.asked()[0] == "sudo -n true"
    assert machine.asked()[1].startswith("sudo env DEBIAN_FRONTEND=noninteractive apt-get install")


def test_sudo_that_wants_a_password_nobody_can_type(machine: Machine) -> None:
    machine.remove("nasm")
    machine.command("id", "echo 1000")
    machine.command("sudo", "exit 1")
    done = machine.setup("demo")
    assert done.returncode == 2
    assert done.stderr.endswith("    sudo apt-get install -y --no-install-recommends nasm\n")
    assert machine.asked() == []


def test_no_rights_at_all(machine: Machine) -> None:
    machine.remove("nasm")
    machine.command("id", "echo 1000")
    done = machine.setup("demo")
    assert done.returncode == 2 and "Have root do this (there is no sudo here)" in done.stderr
    assert done.stderr.endswith("    apt-get install -y --no-install-recommends nasm\n")
    assert machine.asked() == []
    assert f"```text\n{done.stderr}```" in MACHINES.read_text(encoding="utf-8")


@pytest.mark.parametrize("release, command", [
    ("ID=fedora\n", "dnf install -y nasm qemu-system-x86-core"),
    ('ID="rocky"\nID_LIKE="rhel centos fedora"\n', "dnf install -y nasm qemu-system-x86-core"),
    ("ID=arch\n", "pacman -S --needed nasm qemu-system-x86 qemu-system-x86-firmware"),
    ("ID=manjaro\nID_LIKE=arch\n",
     "pacman -S --needed nasm qemu-system-x86 qemu-system-x86-firmware"),
])
@pytest.mark.parametrize("user", ["0", "1000"])
def test_elsewhere_the_command_is_printed(machine: Machine, release: str, command: str,
                                          user: str) -> None:
    machine.os_release(release)
    machine.remove("nasm", "qemu-system-x86_64")
    machine.command("id", f"echo {user}")
    machine.command("sudo", "exit 0")
    done = machine.setup("demo")
    assert done.returncode == 2
    sudo = "" if user == "0" else "sudo "
    assert done.stderr.endswith(f"Type this, then try again:\n    {sudo}{command}\n")
    assert machine.asked() == []


def test_homebrew_on_linux_and_on_a_mac(machine: Machine) -> None:
    machine.remove("nasm", "qemu-system-x86_64")
    machine.command("id", "echo 501")
    machine.command("brew", f'echo brew >>"{machine.log}"')
    machine.os_release("ID=void\n")
    done = machine.setup("demo")
    assert done.returncode == 2 and done.stderr.endswith("\n    brew install nasm qemu\n")
    machine.command("uname", "echo Darwin arm64")
    done = machine.setup("demo")
    assert done.returncode == 2
    assert "    brew install x86_64-elf-gcc x86_64-elf-binutils nasm qemu\n" in done.stderr
    assert machine.asked() == []
    machine.remove("gdb")
    machine.tool("make", "GNU Make 3.81")
    machine.command("python3", "exit 1")
    command = machine.setup("gdb").stderr.splitlines()[-1]
    assert f"```text\n{command.strip()}\n" in MACHINES.read_text(encoding="utf-8")


def test_an_unknown_system_is_told_what_is_missing(machine: Machine) -> None:
    machine.os_release("ID=void\n")
    machine.remove("nasm")
    done = machine.setup("demo")
    assert done.returncode == 2
    assert done.stderr.endswith("No package is known here for: nasm. Install it by hand.\n")


def test_another_processor_needs_a_cross_compiler(machine: Machine) -> None:
    machine.command("uname", "echo Linux aarch64")
    done = machine.setup("demo", TINE_SETUP="check")
    assert "gcc-x86-64-linux-gnu binutils-x86-64-linux-gnu" in done.stderr
    machine.tool("my-gcc", "my-gcc (x) 13.1.0")
    machine.command("my-objcopy", "exit 0")
    assert machine.setup("demo", CROSS="my-").returncode == 0
    assert "your-gcc 10 or newer" in machine.setup("demo", CROSS="your-", TINE_SETUP="check").stderr


@pytest.mark.parametrize("name, version, message", [
    ("nasm", "NASM version 2.13.03 compiled", "nasm 2.14 or newer (found 2.13.03): "),
    ("qemu-system-x86_64", "QEMU emulator version 5.2.0 (Debian 1:5.2+dfsg)",
     "qemu-system-x86_64 6.2 or newer (found 5.2.0): "),
    ("make", "GNU Make 3.81", "make 4.0 or newer (found 3.81), or gmake 4.0 or newer: "),
])
def test_a_version_that_is_too_old(machine: Machine, name: str, version: str,
                                   message: str) -> None:
    machine.tool(name, version)
    done = machine.setup("demo", TINE_SETUP="check")
    assert done.returncode == 2 and f"    {message}" in done.stderr


def test_either_compiler_will_do(machine: Machine) -> None:
    machine.tool("gcc", "gcc (GCC) 9.4.0")
    assert machine.setup("demo").returncode == 0
    machine.tool("clang", "clang version 13.0.1")
    done = machine.setup("demo", TINE_SETUP="check")
    assert ("    gcc 10 or newer (found 9.4.0), or clang 14 or newer (found 13.0.1): "
            "compiles the kernel\n") in done.stderr


def test_a_command_that_does_not_run(machine: Machine) -> None:
    machine.command("nasm", "exit 127")
    done = machine.setup("demo", TINE_SETUP="check")
    assert "nasm 2.14 or newer (it is there but does not run)" in done.stderr


def test_firmware_that_is_missing(machine: Machine) -> None:
    (machine.bin / "share/qboot.rom").unlink()
    done = machine.setup("demo", TINE_SETUP="check")
    assert done.returncode == 2 and "qboot.rom in one of QEMU's folders" in done.stderr
    assert done.stderr.endswith("--no-install-recommends qemu-system-data\n")


def test_check_installs_nothing(machine: Machine) -> None:
    machine.remove("nasm")
    done = machine.setup("demo", TINE_SETUP="check")
    assert done.returncode == 2 and "assembles the boot" in done.stderr
    assert machine.asked() == []


def test_what_apt_cannot_mend(machine: Machine) -> None:
    machine.tool("nasm", "NASM version 2.13.03")
    machine.apt(known=["everything"], installs=False)
    done = machine.setup("demo")
    assert done.returncode == 2
    assert "still missing after the installation:\n    nasm 2.14 or newer (found 2.13.03)" \
        in done.stderr


def test_an_installation_that_fails(machine: Machine) -> None:
    machine.remove("nasm")
    machine.command("apt-get", f'echo "apt-get $1" >>"{machine.log}"; exit 100')
    done = machine.setup("demo")
    assert done.returncode == 2 and "The installation failed" in done.stderr
    assert done.stderr.endswith("    apt-get install -y --no-install-recommends nasm\n")
    assert machine.asked() == ["apt-get install", "apt-get update"]


def test_interruption(machine: Machine) -> None:
    machine.remove("nasm")
    machine.command("apt-get", f'echo "started" >>"{machine.log}"; exec {shutil.which("sleep")} 30')
    running = subprocess.Popen([str(shutil.which("sh")), str(machine.tools / "setup.sh"), "demo"],
                               env=machine.environment(), stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    for _ in range(500):
        if machine.asked():
            break
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=10)
    assert running.returncode == 130 and "it is safe to start again" in said


def test_usage(machine: Machine) -> None:
    assert machine.setup("nothing").returncode == 64


def test_the_first_python_that_will_do(machine: Machine) -> None:
    assert machine.choose().stdout == "python3\n"
    machine.python("mine", set())
    assert machine.choose(PYTHON="mine").stdout == "mine\n"
    assert machine.choose("test", PYTHON="mine").stdout == "python3\n"
    assert machine.choose(PYTHON="nowhere").stdout == "python3\n"


def test_a_python_without_pytest_is_passed_over(machine: Machine) -> None:
    machine.python("python3", set())
    machine.python("../usr-py", TEST_MODULES)
    assert machine.choose("demo").stdout == "python3\n"
    assert machine.choose("test").stdout == f"{machine.folder}/usr-py\n"
    assert machine.setup("test").stderr == ""


def test_no_python_will_do(machine: Machine) -> None:
    machine.python("python3", set())
    machine.python("old", set(), version="3.7")
    done = machine.choose("test", PYTHON="old")
    assert (done.returncode, done.stdout) == (2, "")
    assert "    old is version 3.7; 3.9 is needed\n" in done.stderr
    assert "    python3 has no module pytest\n" in done.stderr
    assert "usr-py is not there\n" in done.stderr
    assert machine.setup("test", TINE_SETUP="check").stderr.endswith(
        "--no-install-recommends python3-pytest python3-pytest-xdist python3-pexpect "
        "python3-jsonschema\n")


def gdb_that_knows(*architectures: str) -> str:
    """A stub of a GDB: what it says when asked for the x86-64, and what it was started with."""
    answer = 'The target architecture is set to "i386:x86-64".'
    unknown = 'echo "Undefined item: \\"i386:x86-64\\"."; echo "(currently \\"aarch64\\")"'
    return ("case $* in *set\\ arch*) "
            + (f"echo '{answer}'; echo '{answer}'" if "x86-64" in architectures else unknown)
            + ' ;; *) echo "${0##*/} $*" ;; esac')


@pytest.mark.parametrize("kernel, knowing, chosen", [
    ("Linux x86_64", [], "gdb"),    # nobody asks: it is the system's own
    ("Linux aarch64", ["gdb-multiarch"], "gdb-multiarch"),
    ("Linux aarch64", ["gdb"], "gdb"),
    ("Darwin arm64", ["x86_64-elf-gdb", "gdb-multiarch"], "x86_64-elf-gdb"),
    ("Linux aarch64", [], None),
])
def test_the_gdb_that_knows_the_processor(machine: Machine, kernel: str, knowing: List[str],
                                          chosen: Optional[str]) -> None:
    machine.command("uname", f"echo {kernel}")
    for name in ("gdb", "gdb-multiarch", "x86_64-elf-gdb"):
        machine.command(name, gdb_that_knows(*["x86-64"] * (name in knowing)))
    done = subprocess.run([str(shutil.which("sh")), str(machine.tools / "gdb.sh"), "-q", "a file"],
                          env=machine.environment(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    if chosen:
        assert (done.returncode, done.stdout) == (0, f"{chosen} -q a file\n")
    else:
        assert done.returncode == 2 and "no GDB that knows the x86-64" in done.stderr
        said = machine.setup("gdb", TINE_SETUP="check").stderr
        assert "a GDB that knows the x86-64: steps through the kernel" in said
        assert "gdb-multiarch" in said


def test_a_real_gdb_is_asked(machine: Machine) -> None:
    """The words by which gdb.sh knows a GDB that knows the processor are those of GDB."""
    machine.command("uname", "echo Linux aarch64")
    machine.remove("gdb")
    done = subprocess.run([str(shutil.which("sh")), str(machine.tools / "gdb.sh"), "--version"],
                          env={**machine.environment(), "PATH": f"{machine.bin}:{os.defpath}"},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0 and "GNU gdb" in done.stdout, done.stderr


def test_a_real_python_is_checked(machine: Machine) -> None:
    script = (TOOLS / "python.sh").read_text()
    code = re.search(r"check='\n(.*?)\n'\n", script, re.DOTALL)
    assert code
    done = subprocess.run(["/usr/bin/env", "python3", "-c", code[1], "json", "nonesuch"],
                          stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and done.stderr == "has no module nonesuch\n"


def test_every_line_of_the_list_is_complete() -> None:
    lines = [line for line in (TOOLS / "packages.txt").read_text().splitlines()
             if line and not line.startswith("#")]
    assert len(lines) > 15
    for line in lines:
        columns = line.split(None, 7)
        assert len(columns) == 8, line
        assert re.fullmatch(r"(demo|gdb|test)(@(native|cross|linux))?", columns[1]), line
        assert columns[3] != "-", line
