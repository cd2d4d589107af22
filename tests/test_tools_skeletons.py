# SPDX-License-Identifier: MIT
"""tools/skeletons.py and the directives of tools/marked.py."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Dict

import pytest

TOOLS = Path(__file__).resolve().parent.parent / "tools"
sys.path.insert(0, str(TOOLS))

import marked  # noqa: E402

SPDX = "// SPDX-License-Identifier: MIT\n"
SOLUTION = SPDX + """#include "task.h"

//: region whole
int64_t sys_pages(void) {
    //: solution
    int64_t count = 0;

    return count;
    //: skeleton
    //| // Count here.
    //|
    //| for (;;) {
    //|     lab_missing("sys_pages");
    //| }
    //: end
}
//: endregion
"""
SKELETON = SPDX + """#include "task.h"

int64_t sys_pages(void) {
    // Count here.

    for (;;) {
        lab_missing("sys_pages");
    }
}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one lab of a C file and a text."""
    lab = tmp_path / "my project" / "solutions" / "0-start"
    lab.mkdir(parents=True)
    (lab / "pages.c").write_text(SOLUTION)
    (lab / "README.md").write_text("Count pages.\n")
    return tmp_path / "my project"


def run(root: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs the tool without the surroundings' CI and FORCE."""
    clean: Dict[str, str] = {k: v for k, v in os.environ.items() if k not in ("CI", "FORCE")}
    command = [sys.executable, str(TOOLS / "skeletons.py"), "--root", str(root), *words]
    return subprocess.run(command, env={**clean, **environment}, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)


def pages(root: Path) -> Path:
    return root / "labs" / "0-start" / "pages.c"


def test_writes_skeletons_and_their_record(root: Path) -> None:
    done = run(root)
    assert (done.returncode, done.stderr) == (0, "")
    assert pages(root).read_text() == SKELETON
    assert (root / "labs/0-start/README.md").read_text() == "Count pages.\n"
    record = (root / "solutions/skeletons.sum").read_text().splitlines()
    assert f"{hashlib.sha256(SKELETON.encode()).hexdigest()}  labs/0-start/pages.c" in record
    assert "labs/0-start/pages.c: written" in done.stdout
    assert run(root, "--check").returncode == 0
    assert "pages.c: up to date" in run(root).stdout


def test_prints_a_skeleton_whatever_labs_holds(root: Path) -> None:
    run(root)
    pages(root).write_text("mine\n")
    assert run(root, "--print", "labs/0-start/pages.c").stdout == SKELETON
    assert run(root, "--print", str(pages(root))).stdout == SKELETON
    done = run(root, "--print", "labs/0-start/other.c")
    assert done.returncode == 2 and "labs/0-start/pages.c" in done.stderr


def test_an_edited_file_is_left_alone(root: Path) -> None:
    run(root)
    pages(root).write_text(SKELETON + "// mine\n")
    done = run(root)
    assert "labs/0-start/pages.c is edited (yours): left alone" in done.stdout
    assert pages(root).read_text().endswith("// mine\n")
    done = run(root, "--check")
    assert done.returncode == 0
    assert done.stdout == "labs/0-start/pages.c is edited (yours): left alone\n"
    done = run(root, "--check", CI="true")
    assert done.returncode == 1 and "+// mine" in done.stdout


def test_force_keeps_every_backup(root: Path) -> None:
    run(root)
    for number, text in enumerate(["first\n", "second\n"], 1):
        pages(root).write_text(text)
        done = run(root, FORCE="1")
        assert f"yours is now pages.c.orig-{number}" in done.stdout
        assert pages(root).with_name(f"pages.c.orig-{number}").read_text() == text
        assert pages(root).read_text() == SKELETON
    assert "orig" not in (root / "solutions/skeletons.sum").read_text()


def test_one_file_is_written_and_no_other(root: Path) -> None:
    run(root)
    other, record = root / "labs/0-start/README.md", root / "solutions/skeletons.sum"
    for path in (pages(root), other):
        path.write_text("mine\n")
    before = record.read_bytes()
    done = run(root, "--file", "labs/0-start/pages.c", FORCE="1")
    assert done.stdout == "labs/0-start/pages.c: replaced; yours is now pages.c.orig-1\n"
    assert pages(root).read_text() == SKELETON
    assert other.read_text() == "mine\n" and record.read_bytes() == before
    assert "left alone" in run(root, "--file", str(other)).stdout
    done = run(root, "--file", "labs/0-start/other.c", FORCE="1")
    assert done.returncode == 2 and "labs/0-start/pages.c" in done.stderr


def test_an_old_skeleton_is_replaced_but_reported_by_check(root: Path) -> None:
    run(root)
    source = root / "solutions/0-start/pages.c"
    source.write_text(SOLUTION.replace("Count here", "Count there"))
    done = run(root, "--check")
    assert done.returncode == 1
    assert "labs/0-start/pages.c is out of date: run `make skeletons`" in done.stdout
    assert "skeletons.sum is out of date" in done.stdout
    assert "pages.c: updated" in run(root).stdout
    assert "Count there" in pages(root).read_text()
    assert run(root, "--check", CI="true").returncode == 0


def test_a_missing_skeleton_is_reported_and_written(root: Path) -> None:
    run(root)
    pages(root).unlink()
    done = run(root, "--check")
    assert done.returncode == 1 and "is missing: run `make skeletons`" in done.stdout
    assert "pages.c: written" in run(root).stdout


def test_crlf_is_not_an_edit(root: Path) -> None:
    run(root)
    for path in [pages(root), root / "solutions/0-start/pages.c", root / "solutions/skeletons.sum"]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    done = run(root, "--check", CI="true")
    assert (done.returncode, done.stdout) == (0, "")
    source = root / "solutions/0-start/pages.c"
    source.write_text(SOLUTION.replace("Count here", "Count there"))
    assert "pages.c: updated" in run(root).stdout


def test_files_of_the_students_own_are_never_touched(root: Path) -> None:
    run(root)
    own = root / "labs/0-start/notes.c"
    own.write_text("mine\n")
    assert run(root, "--check", CI="true").returncode == 0
    run(root, FORCE="1")
    assert own.read_text() == "mine\n"
    (root / "solutions/0-start/pages.c").unlink()
    done = run(root, FORCE="1")
    assert "no solution has this name any more: left alone" in done.stdout
    assert pages(root).read_text() == SKELETON


def test_a_wrong_record_is_named(root: Path) -> None:
    run(root)
    (root / "solutions/skeletons.sum").write_text("nonsense\n")
    done = run(root)
    assert done.returncode == 2 and "solutions/skeletons.sum:1:" in done.stderr


def test_a_directory_in_the_way_is_named(root: Path) -> None:
    pages(root).mkdir(parents=True)
    done = run(root)
    assert done.returncode == 2 and "labs/0-start/pages.c: a file was expected" in done.stderr


@pytest.mark.parametrize("body, line, words", [
    ("//: solution\n", 2, "has no '//: end'"),
    ("//: end\n", 2, "without a '//: solution'"),
    ("//: skeleton\n", 2, "without a '//: solution'"),
    ("//: solution\n//: solution\n//: end\n", 3, "within the one of line 2"),
    ("//: solution\n//: skeleton\n//: skeleton\n//: end\n", 4, "without a '//: solution'"),
    ("//: solution\n//: skeleton\nint a;\n//: end\n", 4, "must begin with '//| '"),
    ("//: solution\n//: skeleton\n//|int a;\n//: end\n", 4, "must begin with '//| '"),
    ("//| int a;\n", 2, "outside"),
    ("//: solution\n//| int a;\n//: end\n", 3, "outside"),
    ("//: solutoin\n", 2, "is unknown"),
    ("//: solution x\n", 2, "takes nothing after it"),
    ("//: region\n", 2, "needs a name"),
    ("//: region a\n", 2, "has no '//: endregion'"),
    ("//: endregion\n", 2, "without a '//: region'"),
    ("//: region a\n//: region b\n", 3, "within region a of line 2"),
    ("//: region a\n//: endregion\n//: region a\n", 4, "two regions named a"),
    ("//: solution\n//: region a\n", 3, "may not begin within"),
    ("//: region a\n//: solution\n//: endregion\n", 4, "before the '//: end' of line 3"),
])
def test_unbalanced_directives_are_errors(root: Path, body: str, line: int, words: str) -> None:
    (root / "solutions/0-start/pages.c").write_text(SPDX + body)
    done = run(root)
    assert done.returncode == 2
    assert done.stderr.startswith(f"skeletons: solutions/0-start/pages.c:{line}: ")
    assert words in done.stderr
    assert not (root / "labs").exists()


def test_the_first_line_must_be_the_licence(root: Path) -> None:
    (root / "solutions/0-start/pages.c").write_text("int a;\n")
    done = run(root)
    assert done.returncode == 2 and "pages.c:1: the first line must be" in done.stderr


def test_what_is_left_out_leaves_one_blank_line() -> None:
    text = "a\n\n    //: solution\n    b\n    //: end\n\nc\n"
    assert marked.skeleton(marked.parse(text, "x.c")) == "a\n\nc\n"
    # Blank lines that were there anyway stay.
    assert marked.skeleton(marked.parse("a\n\n\nb\n", "x.c")) == "a\n\n\nb\n"
