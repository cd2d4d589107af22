# SPDX-License-Identifier: MIT
"""From a Makefile to a report, with a tiny project whose kernel is made by hand."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Dict, List

import pytest
from grade_image import ENTRY_OFFSET, LOAD, SIZE, Image, make_elf

from grade import build as builder
from grade import oracle, runner
from grade.build import CompileError, build
from grade.errors import SetupError
from grade.host import Scratch, cpu_limit
from grade.verdict import Score

# Says something, stands still once, says more, and ends with VALUE.
CODE = f"""
bits 32
org {LOAD + ENTRY_OFFSET:#x}
    mov esi, text
.next:
    lodsb
    test al, al
    jz .said
    mov dx, 0x3f8
    out dx, al
    jmp .next
.said:
    mov dx, 0x505
    mov al, 1
    out dx, al
    inc dx
    out dx, al
    mov eax, VALUE
    mov dx, 0xf4
    out dx, eax
    jmp $
text: db TEXT, 13, 10, 0
"""
MAKEFILE = """
kernel:
\t@cc -c -o /dev/null $(if $(wildcard $(OVERLAY)/labs/0-start/a.c),$(OVERLAY)/)labs/0-start/a.c
\t@echo building
\t@echo $(if $(OVERLAY),build/patched/tine.elf,build/plain/tine.elf)
"""
SKELETONS = """
import sys
if sys.argv[2] != "labs/0-start/a.c":
    sys.exit(2)
print("int a_function(void) { return 0; }")
"""
TRACE = """
title: the whole way
points: 20
handout: handouts/0.md#x
classes: mark sys
memory: 16
[console]
answer *
[order]
mark id=1 value=5
stop id=1
outside id=1 pid=1 present=4 frames=2
sys-exit nr=pages ret=12
"""


def make_kernel(folder: Path, value: int, text: str) -> None:
    """Puts a kernel with its initrd into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "code.asm").write_text(CODE)
    subprocess.run(["nasm", "-f", "bin", f"-DVALUE={value}", f"-DTEXT='{text}'", "-o",
                    folder / "code", folder / "code.asm"], check=True)
    image = Image()
    image.store_root()
    make_elf(folder / "tine.elf", bytes(image.data[LOAD:SIZE]), (folder / "code").read_bytes())
    (folder / "initrd.cpio").write_bytes(bytes(512))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one lab, one test and a kernel that passes it; its path has a space."""
    root = tmp_path / "a project"
    for folder in ("grade/lab0", "labs/0-start", "solutions/0-start", "tools"):
        (root / folder).mkdir(parents=True)
    (root / "Makefile").write_text(MAKEFILE)
    (root / "tools/skeletons.py").write_text(SKELETONS)
    (root / "grade/lab0/whole.trace").write_text(TRACE)
    for folder in ("labs", "solutions"):
        (root / folder / "0-start/a.c").write_text("int a_function(void) { return 1; }\n")
    make_kernel(root / "build/plain", 16, "answer 42")
    make_kernel(root / "build/patched", 19,
                "[ 0.000001] missing: a_function is not written yet (labs/0-start/a.c)")
    return root


def grade(root: Path, test: str = "whole") -> Score:
    """Grades one test."""
    return next(runner.grade(runner.Choice(root, 0, "none", test)))


def test_the_whole_way(project: Path) -> None:
    score = grade(project)
    assert (score.verdict, score.failure) == ("pass", None)
    assert (score.score, score.instructions, score.frames_left) == (20, 1002, 3)


def test_a_build_beside_it_changes_nothing(project: Path) -> None:
    """All boots are of the kernel that there was when the grading began."""
    (project / "grade/lab0/second.trace").write_text(TRACE)
    scores = runner.grade(runner.Choice(project, 0, "none", limits=runner.Limits(jobs=1)))
    assert next(scores).verdict == "pass"
    for name in ("tine.elf", "initrd.cpio"):
        os.replace(project / "build/patched" / name, project / "build/plain" / name)
    assert [score.verdict for score in scores] == ["pass"]
    assert grade(project).verdict == "missing"


def test_a_dump_is_the_same_each_time(project: Path, tmp_path: Path) -> None:
    dumps = []
    for name in ("one", "two"):
        choice = runner.Choice(project, 0, "none", limits=runner.Limits(dump=tmp_path / name))
        assert next(runner.grade(choice)).verdict == "pass"
        dumps.append([(tmp_path / name / f"whole.{kind}").read_text()
                      for kind in ("console", "events")])
    assert dumps[0] == dumps[1]
    assert "1001 outside pid=1 cpu=0 id=1 present=4 frames=2\n" in dumps[0][1]


def test_what_is_seen_from_outside_decides(project: Path) -> None:
    trace = project / "grade/lab0/whole.trace"
    trace.write_text(TRACE.replace("present=4", "present=5"))
    failure = grade(project).failure
    assert failure and "present is 4" in failure.got
    assert failure.command == "make grade LAB=0 TEST=whole"


def test_an_unwritten_function(project: Path) -> None:
    shutil.copytree(project / "build/patched", project / "build/plain", dirs_exist_ok=True)
    score = grade(project)
    assert score.verdict == "missing"
    assert score.failure and "a_function is not written yet" in score.failure.got


def test_a_file_that_does_not_compile_costs_only_who_needs_it(project: Path) -> None:
    (project / "labs/0-start/a.c").write_text("int a_function(void) { return 1 }\n")
    score = grade(project)
    assert score.verdict == "compile"
    assert score.failure and "labs/0-start/a.c:1:" in score.failure.got
    assert "expected ';'" in re.sub("[\u2018\u2019]", "'", score.failure.got)
    make_kernel(project / "build/patched", 16, "answer 1")  # a test that does not need it
    assert grade(project).verdict == "pass"
    assert (project / "labs/0-start/a.c").read_text() == "int a_function(void) { return 1 }\n"


def test_a_function_that_is_nowhere(project: Path) -> None:
    said = "labs/0-start/a.c:1: undefined reference to nobody"   # by each program that is linked
    (project / "Makefile").write_text(
        f"kernel:\n\t@echo '{said}' >&2; echo '{said}' >&2; exit 1\n")
    score = grade(project)
    assert score.verdict == "compile" and score.failure
    assert score.failure.got == said
    assert "a function is used that is nowhere" in score.failure.cause


def test_a_kernel_that_cannot_be_built_at_all(project: Path) -> None:
    (project / "Makefile").write_text(
        "kernel:\n\t@echo 'kern/x.c:1:2: error: wrong' >&2; exit 1\n")
    score = grade(project)
    assert score.verdict == "compile"
    assert score.failure and "kern/x.c:1:2: error: wrong" in score.failure.got


def test_a_build_that_fails_for_other_reasons(project: Path) -> None:
    (project / "Makefile").write_text("kernel:\n\t@echo 'no nasm here' >&2; exit 1\n")
    with pytest.raises(SetupError, match="no nasm here"):
        build(project, 0, "none")
    (project / "Makefile").write_text("kernel:\n\t@echo nothing\n")
    with pytest.raises(SetupError, match="did not end with a kernel's path"):
        build(project, 0, "none")


def test_a_saved_file_is_compiled_again_in_each_configuration(project: Path) -> None:
    shutil.copy(Path(builder.__file__).parent.parent / "tools/locked.py", project / "tools")
    names = ("a", "lib/a", "b")
    objects = {name: [project / f"build/{built}/labs/0-start/{name}.o" for built in ("x", "y z")]
               for name in names}
    for paths in objects.values():
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    builder.forget(project, {"labs/0-start/a.c", "labs/0-start/lib/a.c", "kern/x.h"})
    assert [name for name in names if any(path.exists() for path in objects[name])] == ["b"]


def test_an_overlay_is_never_patched(project: Path) -> None:
    (project / "over/labs/0-start").mkdir(parents=True)
    (project / "over/labs/0-start/a.c").write_text("int wrong\n")
    with pytest.raises(CompileError, match="a.c:1"):
        build(project, 0, "none", Path("over"))


@pytest.mark.parametrize("words, files", [
    ("labs/0-start/a.c:3:1: error: x\n    3 | }\n", ["labs/0-start/a.c"]),
    ("labs/0-start/a.c:3:1: warning: x\n", []),
    ("kern/x.c:3:1: error: x\n", []),
    ("ld: build/x/labs/0-start/a.o: in function `f':\nlabs/0-start/a.c:3: undefined reference to "
     "`g'\n", ["labs/0-start/a.c"]),
    ("ld: build/x/kern/s.o: undefined reference to `a_function'\n", ["labs/0-start/a.c"]),
    ("ld: multiple definition of `f'; build/x/labs/0-start/a.o: first\n", ["labs/0-start/a.c"]),
    ("labs/0-start/gone.c:3:1: error: x\n", []),
    ("make: *** [Makefile:3: labs/0-start/a.o] Error 1\n", []),
])
def test_whose_fault_a_failed_build_is(project: Path, words: str, files: List[str]) -> None:
    assert list(builder._refused(project, words)) == files


def test_the_callers_variables_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEFLAGS", r"k -j4 --jobserver-auth=3,4 -- CC=clang\ -v LAB=1 V=1 TEST=x")
    assert builder._inherited() == ["CC=clang -v", "V=1"]
    monkeypatch.setenv("MAKEFLAGS", "k")
    assert builder._inherited() == []


def test_files_are_only_written_when_they_change(tmp_path: Path) -> None:
    path = tmp_path / "a/b"
    builder.write_if_changed(path, "x")
    before = path.stat().st_mtime_ns
    builder.write_if_changed(path, "x")
    assert path.stat().st_mtime_ns == before
    builder.write_if_changed(path, "y")
    assert path.read_text() == "y"


# Choosing

def test_unknown_names_list_the_known_ones(project: Path) -> None:
    with pytest.raises(SetupError, match="no lab 7; there are: 0"):
        runner.load_specs(project, 7)
    with pytest.raises(SetupError, match="no test 'hole'; it has: whole"):
        runner.load_specs(project, 0, "hole")


def test_tests_come_in_their_order(project: Path) -> None:
    for name, place in (("zero", "place: 1\n"), ("last", "")):
        (project / f"grade/lab0/{name}.trace").write_text(place + TRACE)
    assert [spec.name for spec in runner.load_specs(project, 0)] == ["zero", "last", "whole"]


def test_the_command_names_what_is_not_the_default() -> None:
    root = Path(".")
    assert runner.command_for(runner.Choice(root, 0, "none"), "t") == "make grade LAB=0 TEST=t"
    assert runner.command_for(runner.Choice(root, 2, "1"), "t") == "make grade LAB=2 TEST=t"
    assert runner.command_for(runner.Choice(root, 2, "none"), "t") \
        == "make grade LAB=2 SOLVED=none TEST=t"


# The host

@pytest.mark.parametrize("files, quota", [
    ({}, None),
    ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "150000 100000\n"}, 1.5),
    ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
      "sys/fs/cgroup/a/cpu.max": "300000 100000\n"}, 3.0),
    ({"proc/self/cgroup": "0::/outside\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"}, 0.5),
    ({"proc/self/cgroup": "4:cpu,cpuacct:/d\n2:memory:/d\n",
      "sys/fs/cgroup/cpu/d/cpu.cfs_quota_us": "200000\n",
      "sys/fs/cgroup/cpu/d/cpu.cfs_period_us": "100000\n"}, 2.0),
    ({"proc/self/cgroup": "4:cpu:/\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"}, None),
    ({"proc/self/cgroup": "garbage\n", "sys/fs/cgroup/cpu.max": "garbage"}, None),
])
def test_control_groups_limit_the_jobs(tmp_path: Path, files: Dict[str, str],
                                       quota: float) -> None:
    from grade import host
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert host._cgroup_quota(tmp_path) == quota
    assert 1 <= cpu_limit(tmp_path) <= max(1, int(quota + 0.5) if quota else 4096)


def test_scratch_files_elsewhere_are_unlinked(monkeypatch: pytest.MonkeyPatch,
                                              tmp_path: Path) -> None:
    import os
    import tempfile
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delattr(os, "memfd_create")
    scratch = Scratch("memory", 4096)
    assert Path(scratch.path).stat().st_size == 4096
    scratch.unlink()
    assert list(tmp_path.iterdir()) == []
    os.write(scratch.fd, b"x")
    assert len(scratch.read()) == 4096
    scratch.close()


# The oracle

def test_the_table_of_exceptions(tmp_path: Path, project: Path) -> None:
    table = tmp_path / "stricter.txt"
    assert oracle.read_exceptions(table) == {}
    table.write_text("# why\nlab0/whole: Linux allows it\n  Tine: answer *\n  Linux: fine\n")
    exceptions = oracle.read_exceptions(table)
    spec = runner.load_specs(project, 0)[0]
    changed = oracle.stricter(spec, *exceptions["lab0/whole"])
    assert changed.console[0].template.text == "fine"
    with pytest.raises(SetupError, match="does not have: other"):
        oracle.stricter(spec, "r", {"other": "x"})
    table.write_text("nonsense\n")
    with pytest.raises(SetupError, match=r"stricter.txt:1: expected"):
        oracle.read_exceptions(table)


@pytest.mark.parametrize("source, problem", [
    ('printf("answer 42\\n"); return 0;', ""),
    ('printf("anser 42\\n"); return 0;', "expected: on the console: answer *"),
    ('printf("answer 42\\n"); return 3;', "exit status 3"),
    ('printf("answer %d\\n", getpid()); return getpid() != 1;', ""),
])
def test_linux_is_asked(project: Path, source: str, problem: str) -> None:
    for folder in ("user/tests/host", "user/tests/lab0"):
        (project / folder).mkdir(parents=True)
    (project / "user/tests/host/tine.c").write_text("int unused;\n")
    (project / "user/tests/lab0/whole.c").write_text(
        "#include <stdio.h>\n#include <unistd.h>\nint main(void) {" + source + "}\n")
    found = oracle.check_test(project, runner.load_specs(project, 0)[0], {})
    assert problem in found if problem else found == ""


@pytest.mark.parametrize("script, own_shell, problem", [
    ("echo answer $0; pages", "/bin/sh", ""),
    ("echo anser", "/bin/sh", "expected: on the console: answer *"),
    ("echo answer 42; exit 3", "/bin/sh", "exit status 3"),
    ("echo answer 42", "/bin/true", "sh does not do what whole.trace expects"),
])
def test_two_shells_are_asked_about_a_script(project: Path, monkeypatch: pytest.MonkeyPatch,
                                             script: str, own_shell: str, problem: str) -> None:
    for folder in ("user/tests/host/bin", "user/tests/lab0", "elf"):
        (project / folder).mkdir(parents=True)
    (project / "user/tests/host/bin/pages").symlink_to("/bin/true")
    (project / "elf/sh").symlink_to(own_shell)
    (project / "user/tests/lab0/whole.sh").write_text(script)
    monkeypatch.setattr(oracle, "programs", lambda root, lab: project / "elf")
    spec = replace(runner.load_specs(project, 0)[0], run="/tests/lab0/whole.sh")
    found = oracle.check_test(project, spec, {})
    assert problem in found if problem else found == ""


def test_a_program_without_end_is_stopped(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "RUN_LIMIT_S", 0.5)
    program = project / "loop"
    (project / "loop.c").write_text("int main(void) { for (;;) { } }\n")
    subprocess.run(["cc", "-o", program, project / "loop.c"], check=True)
    assert oracle.run_on_linux(program, str(project))[0] == "no end within 0.5 s"
