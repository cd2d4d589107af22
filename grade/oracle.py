# SPDX-License-Identifier: MIT
"""The oracle: an expectation that Linux fails is a wrong expectation.

Compiles each test program for the host's Linux, runs it in a private process and mount namespace,
and judges what it prints by the same [console] section as a boot of Tine. Where Tine is stricter
than Linux on purpose, grade/stricter.txt says so.
"""
from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from grade.build import programs
from grade.errors import SetupError
from grade.host import die_with_parent
from grade.match import match_console
from grade.pattern import Template
from grade.runner import load_specs
from grade.spec import Line, Spec

RUN_LIMIT_S = 20.0
EXCEPTION = re.compile(r"([\w-]+/[\w-]+):\s*(\S.*)")

# (test, e.g. "lab3/wx") -> (the reason, what Linux says: expected line -> Linux's line)
Exceptions = Dict[str, Tuple[str, Dict[str, str]]]


# In the namespace that Linux gives to somebody else there is only one user.
FOR_ROOT = {"lab3/owner"}


def check_lab(root: Path, lab: int) -> bool:
    """Checks every test of a lab; returns whether Linux fulfils each expectation."""
    exceptions = read_exceptions(root / "grade" / "stricter.txt")
    ok = True
    for spec in load_specs(root, lab):
        if not spec.run:
            print(f"lab{lab}/{spec.name}: a self-test of the kernel; Linux has no say", flush=True)
            continue
        if f"lab{lab}/{spec.name}" in FOR_ROOT and os.geteuid() != 0:
            print(f"lab{lab}/{spec.name}: only root can ask Linux, for there are several users",
                  flush=True)
            continue
        problem = check_test(root, spec, exceptions)
        ok = ok and not problem
        print(f"lab{lab}/{spec.name}: {problem or 'Linux agrees'}", flush=True)
    return ok


def check_test(root: Path, spec: Spec, exceptions: Exceptions, more: Sequence[str] = ()) -> str:
    """Runs one test program on Linux; returns what is wrong, or an empty string. `more`: what else
    its compiler is told."""
    name = f"lab{spec.lab}/{spec.name}"
    if name in exceptions:
        spec = stricter(spec, *exceptions.pop(name))
    if spec.is_script:
        tools = programs(root, spec.lab)
        shells = (tools / "sh", Path(shutil.which("dash") or "/bin/sh"))
        return next(filter(None, (_check_script(root, spec, tools, shell) for shell in shells)), "")
    with tempfile.TemporaryDirectory(prefix="tine-oracle-") as folder:
        program = Path(folder) / spec.name
        if spec.lab >= 3:
            subprocess.run([sys.executable, root / "tools" / "elf_files.py",
                            Path(folder) / "elf"], check=True)
        compile_for_host(root, root / "user" / f"{os.path.splitext(spec.run[1:])[0]}.c", program,
                         more)
        return _judge(spec, "Linux", *run_on_linux(program, folder))


def _check_script(root: Path, spec: Spec, tools: Path, shell: Path) -> str:
    """Lets a shell of the host's Linux, Tine's or its own, run a script of a test."""
    path = ":".join([str(root / "user/tests/host/bin"), str(tools), os.environ.get("PATH", "")])
    with tempfile.TemporaryDirectory(prefix="tine-oracle-") as folder:
        script = root / "user" / spec.run[1:]
        return _judge(spec, str(shell), *run_on_linux(shell, folder, [script], path))


def _judge(spec: Spec, who: str, status: str, output: str) -> str:
    """Returns what is wrong with an output, or an empty string."""
    result = match_console(spec, output.splitlines())
    if result.divergence:
        where = result.divergence
        return f"{who} does not do what {spec.path.name} expects\n" \
               f"  expected: {_indent(where.expected)}\n  Linux:    {_indent(where.got)}"
    return f"it fails on Linux ({status}, {who}):\n{output}" if status else ""


def _indent(text: str) -> str:
    return text.replace("\n", "\n            ")


def compile_for_host(root: Path, source: Path, program: Path, more: Sequence[str] = ()) -> None:
    """Compiles one test program for the host, with `more` flags and files. Raises SetupError."""
    if not source.is_file():
        raise SetupError(f"the test program {source.relative_to(root)} does not exist")
    host = root / "user" / "tests" / "host"
    command = [os.environ.get("HOSTCC", "cc"), "-std=gnu17", "-O1", "-g", "-Wall", f"-I{host}",
               f"-I{root / 'lib'}", "-o", str(program), str(source),
               *map(str, sorted(host.glob("*.c"))), *more]
    try:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, errors="replace", check=False)
    except OSError as error:
        raise SetupError(f"cannot run {command[0]}: {error.strerror}")
    if result.returncode:
        raise SetupError(f"{source.relative_to(root)} does not compile for the host:\n"
                         + result.stdout)


def run_on_linux(program: Path, folder: str, arguments: Sequence[Path] = (),
                 path: Optional[str] = None) -> Tuple[str, str]:
    """Runs a program as process 1 of its own namespaces; returns (what failed or "", output).

    `path` takes the place of $PATH.
    """
    unshare = shutil.which("unshare")
    if not unshare:
        raise SetupError("there is no `unshare` (util-linux), which the oracle needs")
    user = [] if os.geteuid() == 0 else ["-Ur"]
    command = [unshare, *user, "-pf", "--kill-child", "--mount-proc", "--",
               *map(str, [program, *arguments])]
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env={**os.environ, **({"PATH": path} if path else {})},
                               start_new_session=True, preexec_fn=die_with_parent())
    try:
        output = process.communicate(timeout=RUN_LIMIT_S)[0].decode(errors="replace")
        status = process.returncode
        failed = "" if status == 0 else f"killed by signal {-status}" if status < 0 \
            else f"exit status {status}"
    except subprocess.TimeoutExpired:
        failed, output = f"no end within {RUN_LIMIT_S:g} s", ""
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if output.startswith("unshare:"):
        raise SetupError(f"this host does not allow private namespaces ({output.strip()}); run "
                         "as root, or allow user namespaces")
    return failed, output


def read_exceptions(path: Path) -> Exceptions:
    """Reads the table of what Tine refuses and Linux allows. Raises SetupError.

    An entry is `FOLDER/NAME: reason` (a program below user/tests), then indented pairs
    `Tine: LINE` and `Linux: LINE`.
    """
    table: Exceptions = {}
    lines: Dict[str, str] = {}
    expected = ""
    if not path.exists():
        return table
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        entry = EXCEPTION.fullmatch(line)
        if not text or text.startswith("#"):
            continue
        if entry:
            lines = {}
            table[entry[1]] = (entry[2], lines)
        elif table and text.startswith("Tine: "):
            expected = text[len("Tine: "):]
        elif table and text.startswith("Linux: ") and expected:
            lines[expected] = text[len("Linux: "):]
            expected = ""
        else:
            raise SetupError(f"{path}:{number}: expected 'FOLDER/NAME: reason', '  Tine: LINE' or "
                             f"'  Linux: LINE', found '{text}'")
    return table


def stricter(spec: Spec, reason: str, lines: Dict[str, str]) -> Spec:
    """Returns the spec as Linux should fulfil it. Raises SetupError for a line it lacks."""
    console: List[Line] = []
    unused = dict(lines)
    for line in spec.console:
        text = unused.pop(line.template.text, None)
        console.append(line if text is None else Line(Template(text), reason, line.number))
    if unused:
        raise SetupError(f"grade/stricter.txt replaces a line {spec.path.name} does not have: "
                         + next(iter(unused)))
    return replace(spec, console=console)
