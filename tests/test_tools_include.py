# SPDX-License-Identifier: MIT
"""tools/include.py: excerpts in handouts, and the commands they show."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parent.parent / "tools"

CODE = """// SPDX-License-Identifier: MIT
int pages_total(void);

// Counts.
// Nothing is promised.
int pages_total(void) { // on purpose
    //: region body
    //: solution
    if (x) {
        y();
    }
    //: skeleton
    //| z();
    //: end
    //: endregion
    return 1;
}

static int after(int a,
                 int b) {
    return a;
}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one source and a folder for handouts."""
    (tmp_path / "kern").mkdir()
    (tmp_path / "handouts").mkdir()
    (tmp_path / "kern" / "pages.c").write_text(CODE)
    return tmp_path


def run(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, str(TOOLS / "include.py"), "--root", str(root), *words],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def handout(root: Path, text: str) -> Path:
    path = root / "handouts" / "start.md"
    path.write_text(text)
    return path


def shown(root: Path, marker: str) -> str:
    """What stands in a block after the tool has filled it."""
    path = handout(root, f"Before\n\n<!-- include {marker} -->\n```c\nold\n```\nAfter\n")
    done = run(root)
    assert done.returncode == 0, done.stderr
    text = path.read_text()
    head = f"Before\n\n<!-- include {marker} -->\n```c\n"
    assert text.startswith(head) and text.endswith("\n```\nAfter\n")
    return text[len(head):-len("```\nAfter\n")]


def test_a_region_without_directives_and_indent(root: Path) -> None:
    assert shown(root, "kern/pages.c#body") == "if (x) {\n    y();\n}\n"


def test_a_function_with_its_comment(root: Path) -> None:
    text = shown(root, "kern/pages.c#function:pages_total")
    assert text.startswith("// Counts.\n// Nothing is promised.\nint pages_total(void) {")
    assert text.endswith("    return 1;\n}\n") and "//:" not in text and "z()" not in text


def test_a_function_whose_head_has_two_lines(root: Path) -> None:
    assert shown(root, "kern/pages.c#function:after").startswith("static int after(int a,\n")


def test_a_whole_file(root: Path) -> None:
    (root / "a.trace").write_text("title: a\n")
    assert shown(root, "a.trace") == "title: a\n"


def test_check_names_the_stale_block_and_changes_nothing(root: Path) -> None:
    text = "# Start\n\n<!-- include kern/pages.c#body -->\n```c\nold\n```\n"
    path = handout(root, text)
    done = run(root, "--check")
    assert done.returncode == 1
    assert done.stdout == f"{path}:3: the block is not what kern/pages.c#body says now\n"
    assert path.read_text() == text
    assert run(root).stdout.endswith(": rewritten\n")
    done = run(root, "--check")
    assert (done.returncode, done.stdout) == (0, "")


def test_markers_inside_a_fence_are_text(root: Path) -> None:
    handout(root, "```\n<!-- include nowhere.c#x -->\n```\n")
    assert run(root, "--check").returncode == 0


@pytest.mark.parametrize("marker, words", [
    ("kern/none.c#body", "cannot be read"),
    ("kern/pages.c#none", "has no region none; it has: body"),
    ("kern/pages.c#function:none", "defines no function none"),
])
def test_a_marker_that_names_nothing(root: Path, marker: str, words: str) -> None:
    handout(root, f"<!-- include {marker} -->\n```c\n```\n")
    done = run(root, "--check")
    assert done.returncode == 2 and "start.md:1: " in done.stderr and words in done.stderr


@pytest.mark.parametrize("text, words", [
    ("<!-- include kern/pages.c#body -->\n\nText\n", ":1: no fenced block follows"),
    ("```c\nint a;\n", ":1: this fence is not closed"),
])
def test_blocks_that_are_not_there(root: Path, text: str, words: str) -> None:
    handout(root, text)
    done = run(root)
    assert done.returncode == 2 and words in done.stderr


def test_commands(root: Path) -> None:
    path = handout(root, """```sh
make demo   # boots
# a comment
make run \\
    LAB=0
```

```sh
$ make test
31 passed
```

```c
make nothing
```
""")
    done = run(root, "--commands", str(path))
    assert done.stdout.splitlines() == [
        f"{path}:2: make demo   # boots",
        f"{path}:4: make run LAB=0",
        f"{path}:9: make test",
    ]
