# SPDX-License-Identifier: MIT
"""The front door: what each command of the Makefile promises."""
from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import List
from xml.etree import ElementTree

import copies
import pexpect
import pytest
from kernels import PASS, ROOT, boot, kernel, make, qemus

SOLUTION = ROOT / "solutions/0-start/pages.c"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working copy in a folder with a space, its kernel built; tests leave it as it was."""
    folder = copies.working_copy(tmp_path_factory.mktemp("copy of") / "tine's own")
    copies.give_built(folder, 0)
    result = make("-j4", "kernel", "LAB=0", "SOLVED=0", folder=folder)
    assert result.returncode == 0 and "warning" not in result.stderr, result.stderr
    return folder


def compiled(text: str) -> List[str]:
    """The sources that make said it compiled."""
    return re.findall(r"^  (?:CC|NASM) +(\S+)", text, re.MULTILINE)


def test_the_last_line_is_the_kernel(copy: Path) -> None:
    result = make("kernel", "LAB=0", "SOLVED=0", folder=copy)
    assert result.stdout.splitlines() == ["build/lab0-solved0/tine.elf"]
    assert (copy / "build/lab0-solved0/tine.elf").is_file()
    assert (copy / "build/lab0-solved0/initrd.cpio").is_file()


def test_the_kernel_does_not_depend_on_its_folder(copy: Path) -> None:
    """What is loaded is the same to the byte. (NASM's debug information names the folder.)"""
    for part in ("given/kern/task", "given/lib", "programs/lib/c", "lab0-solved0"):
        shutil.rmtree(copy / "build" / part)
    assert make("kernel", "LAB=0", "SOLVED=0", folder=copy).returncode == 0
    ours, theirs = kernel(), copy / "build/lab0-solved0/tine.elf"
    digests = []
    for number, path in enumerate((ours, theirs)):
        stripped = copy / f"build/stripped-{number}"
        subprocess.run(["objcopy", "--strip-debug", str(path), str(stripped)], check=True)
        digests.append([hashlib.sha256(data).hexdigest() for data in (
            stripped.read_bytes(), path.with_name("initrd.cpio").read_bytes())])
        assert str(ROOT).encode() not in stripped.read_bytes()
    assert digests[0] == digests[1]


def test_a_header_rebuilds_what_includes_it(copy: Path) -> None:
    header = copy / "kern/mm/heap.h"
    header.write_text(header.read_text(encoding="utf-8") + "// touched\n", encoding="utf-8")
    built = compiled(make("kernel", "LAB=0", "SOLVED=0", folder=copy).stdout)
    assert "kern/mm/heap.c" in built and "kern/task/task.c" in built
    assert "lib/base/format.c" not in built and "user/bin/sh.c" not in built
    assert compiled(make("kernel", "LAB=0", "SOLVED=0", folder=copy).stdout) == []


def test_v1_shows_commands(copy: Path) -> None:
    os.utime(copy / "kern/lock.c")
    result = make("kernel", "LAB=0", "SOLVED=0", "V=1", folder=copy)
    assert re.search(r"gcc .*-c -o build/given/kern/lock.o kern/lock.c", result.stdout)
    assert not compiled(result.stdout)


@pytest.mark.parametrize("words, jobs", [
    *(([command], "-jN -Otarget") for command in ("kernel", "boot", "demo", "run", "gdb", "bench")),
    (["kernel", "JOBS=7"], "-j7 -Otarget"), (["kernel", "-j1"], ""), (["kernel", "-j3"], ""),
    (["kernel", "-j"], ""),
])
def test_there_is_a_job_for_each_processor_unless_j_is_given(words: List[str], jobs: str) -> None:
    processors = subprocess.run(["nproc"], stdout=subprocess.PIPE, text=True, check=True).stdout
    result = make("-n", *words)
    builds = re.findall(r"build/\.lock make --no-print-directory (.*?) +(?:bench-)?image\b",
                        result.stdout)
    assert [line.strip() for line in builds] == [jobs.replace("N", processors.strip())]


def test_what_the_compiler_says_about_a_file_stays_together(copy: Path) -> None:
    """With several jobs, too; and in colour, if there is a terminal."""
    words = ["-k", "kernel", "LAB=0", "SOLVED=0", "JOBS=2"]
    broken = {file: (copy / file).read_text(encoding="utf-8")
              for file in ("kern/lock.c", "user/bin/sh.c")}
    try:
        for file, text in broken.items():
            (copy / file).write_text(text + "int nonsense(void) { return unknown; }\n" * 200,
                                     encoding="utf-8")
        result = make(*words, folder=copy)
        screen = pexpect.run(shlex.join(["make", *words]), cwd=str(copy), encoding="utf-8")
    finally:
        for file, text in broken.items():
            (copy / file).write_text(text, encoding="utf-8")
    assert make("kernel", "LAB=0", "SOLVED=0", folder=copy).returncode == 0
    files = re.findall(r"^(\S+?):\d+:\d+: error: ", result.stderr, re.MULTILINE)
    assert sorted(file for file, _ in itertools.groupby(files)) == sorted(broken)
    assert result.returncode != 0 and "\x1b" not in result.stderr
    assert re.search(r"\x1b\[[0-9;]*m", screen)


@pytest.mark.parametrize("words, message", [
    (["kernel", "LAB=99"], "LAB=99: there is no such lab; labs: 0 1"),
    (["kernel", "SOLVED=7"], "SOLVED=7: must be none or one of 0 1"),
    (["kernel", "CHECKS=2"], "CHECKS=2: must be 0 or 1"),
    (["kernel", "OVERLAY=no/such"], "OVERLAY=no/such: there is no such folder"),
    (["grade", "LAB=0", "TEST=nothing"], "has no test 'nothing'; it has: fresh"),
    (["start"], "DIR"),
])
def test_wrong_use_is_explained(words: List[str], message: str) -> None:
    result = make(*words)
    assert result.returncode != 0 and message in result.stderr, result.stderr


@pytest.mark.parametrize("words, folder", [
    (["SOLVED=0"], "lab0-solved0"),
    (["SOLVED=none"], "lab0-solvednone"),
    (["SOLVED=0", "CHECKS=0"], "lab0-solved0-nochecks"),
    (["SOLVED=0", "CC=clang"], "lab0-solved0-clang"),
    (["SOLVED=none", "CC=clang", "CHECKS=0"], "lab0-solvednone-nochecks-clang"),
])
def test_each_configuration_has_its_folder(words: List[str], folder: str) -> None:
    planned = make("-n", "kernel", "LAB=0", *words).stdout
    assert planned.splitlines()[-1] == f"build/{folder}/tine.elf"


@pytest.mark.full
def test_clang_builds_all_without_a_warning(copy: Path) -> None:
    for checks in "01":
        result = make("kernel", "LAB=4", "SOLVED=4", "CC=clang", f"CHECKS={checks}", folder=copy)
        assert result.returncode == 0 and "warning" not in result.stderr, result.stderr


def test_clang_builds_the_kernel_without_a_warning_and_it_runs(copy: Path) -> None:
    path = "build/lab0-solved0-clang/tine.elf"
    result = make("-j2", path, "LAB=0", "SOLVED=0", "CC=clang", folder=copy)
    assert result.returncode == 0 and "warning" not in result.stderr, result.stderr
    programs = kernel().with_name("initrd.cpio")
    assert boot("ktest=all trace=mark budget=10000", copy / path, programs).status == PASS
    run = boot("init=/tests/lab0/many", copy / path, programs)
    assert run.status == PASS and "the count rose by 520" in run.console.user[0]


def test_an_overlay_replaces_a_file_and_only_that(copy: Path) -> None:
    overlay = copy / "build/overlays/louder"
    changed = overlay / "kern/main.c"
    changed.parent.mkdir(parents=True)
    text = (copy / "kern/main.c").read_text(encoding="utf-8")
    changed.write_text(text.replace('"Tine "', '"LOUD TINE "'), encoding="utf-8")
    os.utime(changed, (0, 0))   # older than every object
    words = ["kernel", "LAB=0", "SOLVED=0", "OVERLAY=build/overlays/louder"]
    result = make(*words, folder=copy)
    assert compiled(result.stdout) == ["build/overlays/louder/kern/main.c"]
    path = copy / result.stdout.splitlines()[-1]
    assert "LOUD TINE" in boot("ktest=number", path).kernel_text()
    changed.unlink()
    result = make(*words, folder=copy)
    assert compiled(result.stdout) == ["kern/main.c"]
    assert "LOUD TINE" not in boot("ktest=number", path).kernel_text()


def test_the_untouched_skeleton_scores_nothing_and_says_what_is_missing(
        copy: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    result = make("grade", "LAB=0", "SOLVED=none", f"JSON={report}",
                  f"JUNIT={tmp_path / 'report.xml'}", folder=copy)
    assert result.returncode == 2 and "lab 0: 0 of 100 points" in result.stdout
    scores = json.loads(report.read_text(encoding="utf-8"))
    assert (scores["lab"], scores["score"], scores["max"]) == (0, 0, 100)
    assert [test["verdict"] for test in scores["tests"]] == ["missing"] * 6
    for test in scores["tests"]:
        assert set(test["failure"]) == {"expected", "got", "cause", "handout", "command"}
        assert "sys_pages_present is not written yet (labs/0-start/pages.c)" in \
            test["failure"]["got"]
    suite = ElementTree.parse(tmp_path / "report.xml").getroot()
    assert len(list(suite.iter("testcase"))) == 6 == len(list(suite.iter("failure")))


def test_the_solution_scores_full_marks() -> None:
    result = make("grade", "LAB=0", "SOLVED=0")
    assert result.returncode == 0 and "lab 0: 100 of 100 points" in result.stdout
    assert "\x1b" not in result.stdout      # no colour in a pipe


def test_a_file_that_does_not_compile_shows_the_compilers_words(copy: Path) -> None:
    student = copy / "labs/0-start/pages.c"
    skeleton = student.read_text(encoding="utf-8")
    try:
        student.write_text(skeleton.replace("lab_missing", "return nonsense; lab_missing"),
                           encoding="utf-8")
        result = make("grade", "LAB=0", "TEST=many", folder=copy)
        assert result.returncode == 2 and re.search(r"^compile +0/20 ", result.stdout, re.MULTILINE)
        assert "'nonsense' undeclared" in result.stdout
        student.write_text(SOLUTION.read_text(encoding="utf-8"), encoding="utf-8")
        result = make("grade", "LAB=0", "TEST=many", folder=copy)
        assert "pass      20/20  many" in result.stdout, result.stdout
    finally:
        student.write_text(skeleton, encoding="utf-8")


def test_a_warning_in_a_students_file_is_shown(copy: Path) -> None:
    student = copy / "labs/0-start/pages.c"
    skeleton = student.read_text(encoding="utf-8")
    try:
        student.write_text(SOLUTION.read_text(encoding="utf-8").replace(
            "int64_t count = 0;", "int64_t count = 0; int needless;"), encoding="utf-8")
        result = make("grade", "LAB=0", "TEST=many", folder=copy, CI="")
        assert result.returncode == 0
        assert "warning: unused variable 'needless'" in result.stdout.replace("‘", "'").replace(
            "’", "'"), result.stdout
    finally:
        student.write_text(skeleton, encoding="utf-8")


def test_skeletons_never_overwrites_an_edited_file(copy: Path) -> None:
    student = copy / "labs/0-start/pages.c"
    skeleton = student.read_text(encoding="utf-8")
    student.write_text(skeleton + "// mine\n", encoding="utf-8")
    result = make("skeletons", folder=copy)
    assert "edited" in result.stdout + result.stderr
    assert student.read_text(encoding="utf-8").endswith("// mine\n")
    assert make("skeletons", "FORCE=1", folder=copy).returncode == 0
    assert student.read_text(encoding="utf-8") == skeleton
    backups = list(student.parent.glob("pages.c.orig-*"))
    assert len(backups) == 1 and backups[0].read_text(encoding="utf-8").endswith("// mine\n")
    backups[0].unlink()


def test_the_memory_map_shows_what_the_reader_outside_sees() -> None:
    result = make("memmap", "LAB=0", "SOLVED=0", "TEST=fresh")
    assert result.returncode == 0
    assert re.search(r"^pid 1 \(fresh\)$", result.stdout, re.MULTILINE)
    assert re.search(r"^  0x000000400000 r-xu +\d+ pages? +frames 0x", result.stdout, re.MULTILINE)
    assert re.search(r"^\d+ frames are mapped, 0 of them more than once", result.stdout,
                     re.MULTILINE)
    assert "never stops" in make("memmap", "LAB=0", "SOLVED=0", "TEST=lazy").stderr


def test_neutral_code_is_portable(tmp_path: Path) -> None:
    result = make("check-portable")
    assert result.returncode == 0 and re.search(r"\d+ files are portable", result.stdout), \
        result.stderr


def test_code_that_is_not_neutral_is_caught(copy: Path) -> None:
    path = copy / "solutions/0-start/pages.c"
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(text.replace("(void)tf;", "tf->rax = 0;"), encoding="utf-8")
        assert make("check-portable", folder=copy).returncode != 0
    finally:
        path.write_text(text, encoding="utf-8")


def test_clean(copy: Path) -> None:
    folder = copy.parent / "cleaned"
    shutil.copytree(copy, folder, symlinks=True)
    assert make("clean", folder=folder).returncode == 0
    assert not (folder / "build").exists()


def test_interrupting_a_grade_leaves_nothing_behind(copy: Path) -> None:
    """Ctrl-C reaches make and the grader; QEMU must be gone when they are."""
    student = copy / "labs/0-start/pages.c"
    skeleton = student.read_text(encoding="utf-8")
    student.write_text(skeleton.replace("lab_missing(", "for (;;) {\n    }\n    lab_missing("),
                       encoding="utf-8")
    kernel_path = copy / "build/lab0-solvednone/tine.elf"
    try:
        assert make("kernel", "LAB=0", folder=copy).returncode == 0
        child = subprocess.Popen(["make", "grade", "LAB=0"], cwd=copy, start_new_session=True,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not qemus(kernel_path) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert qemus(kernel_path)
        os.killpg(child.pid, 2)
        assert child.wait(60) != 0
        assert not qemus(kernel_path)
    finally:
        student.write_text(skeleton, encoding="utf-8")
