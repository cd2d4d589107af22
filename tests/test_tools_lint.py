# SPDX-License-Identifier: MIT
"""tools/textlint.py, the sections of tools/lint.sh, and the rule that CI=true allows no skips."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import textlint  # noqa: E402

C = "// SPDX-License-Identifier: MIT\n"


def function(lines: int, head: str = "int f(void) {") -> str:
    return head + "\n" + "    x();\n" * (lines - 2) + "}\n"


@pytest.mark.parametrize("name, text, findings", [
    ("a.c", C + "int a;\n", []),
    ("a.c", "int a;\n", ["a.c:1: this line must say SPDX-License-Identifier: MIT"]),
    ("a.c", C + "int a; \n", ["a.c:2: blanks at the end of the line"]),
    ("a.c", C + "int a;\r\n", ["a.c:2: the line ends in CR LF"]),
    ("a.c", C + "\tint a;\n", ["a.c:2: a tab; indentation is four spaces"]),
    ("a.c", C + "// " + "x" * 97 + "\n", []),
    ("a.c", C + "// " + "x" * 98 + "\n",
     ["a.c:2: the line has 101 columns; at most 100 are shown"]),
    ("a.c", C + "int a;", ["a.c:2: the last line has no end"]),
    ("a.sh", "#!/bin/sh\n# SPDX-License-Identifier: MIT\n", []),
    ("a.sh", "#!/bin/sh\necho\n", ["a.sh:2: this line must say SPDX-License-Identifier: MIT"]),
    ("Makefile", "all:\n\techo\n", ["Makefile:1: this line must say SPDX-License-Identifier: MIT"]),
    ("a.ld", "/* SPDX-License-Identifier: MIT */\n", []),
    ("a.asm", "; SPDX-License-Identifier: MIT\n", []),
    ("__init__.py", "# SPDX-License-Identifier: MIT\n", []),
    ("a.c", C + function(70), []),
    ("a.c", C + function(71), ["a.c:2: the function has 71 lines; at most 70 fit a screen"]),
    ("a.c", C + function(71, "int f(int a,\n      int b) {"),
     ["a.c:2: the function has 72 lines; at most 70 fit a screen"]),
    ("a.c", C + function(71, 'int f(void) { g("}"); h(\'}\'); // }'),
     ["a.c:2: the function has 71 lines; at most 70 fit a screen"]),
    ("a.c", C + function(20) + "\n" + function(60), []),
    ("a.c", C + "int table[] = {\n" + "    1,\n" * 80 + "};\n", []),
    ("a.c", C + "struct wide {\n" + "    int a;\n" * 80 + "};\n", []),
    ("kern/a.c", C + "\n" * 499, []),
    ("kern/a.c", C + "\n" * 500,
     ["kern/a.c:500: the file has 501 lines; at most 500 fit a sitting"]),
    ("user/a.c", C + "\n" * 500, []),
    ("a.md", "[x](b%20c.md#part) [y](https://example.org) [z](#here) `[q](none)`\n", []),
    ("a.md", "```\n[x](none.md)\n```\n", []),
    ("a.md", "\n[x](none.md)\n", ["a.md:2: the link none.md leads nowhere"]),
    ("a.md", "![p](pictures/none.png)\n", ["a.md:1: the link pictures/none.png leads nowhere"]),
])
def test_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: "pytest.CaptureFixture[str]",
              name: str, text: str, findings: List[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b c.md").write_text("")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(text.encode())
    assert textlint.main([name, "deleted.c"]) == (1 if findings else 0)
    assert capsys.readouterr().out.splitlines() == findings


def test_other_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").write_bytes(b"\xff\r\n")
    (tmp_path / "a.txt").write_bytes(b"\xff\n")
    assert textlint.main(["a.png"]) == 0
    assert textlint.main(["a.txt"]) == 1


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small project with one mistake for each section that is tested."""
    root = tmp_path / "small"
    (root / "kern").mkdir(parents=True)
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in [".clang-format", ".clang-tidy", "setup.cfg"]:
        shutil.copy(ROOT / name, root)
    (root / "kern/a.c").write_text(C + "int  f(void) {\n    int *a = 0;\n    return *a;\n}\n")
    (root / "bad.sh").write_text("#!/bin/sh\n# SPDX-License-Identifier: MIT\ncd $1\n")
    (root / "bad.py").write_text('# SPDX-License-Identifier: MIT\nimport os\nA: int = "x"\n')
    return root


def lint(root: Path, *checks: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["sh", str(root / "tools/lint.sh"), *checks], text=True,
                          env={**os.environ, "KCFLAGS": "-std=c11 -ffreestanding", **environment},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_each_section_finds_its_mistake_and_the_others_still_run(small: Path) -> None:
    checks = ["clang-format", "cppcheck", "clang-tidy", "shellcheck", "flake8"]
    done = lint(small, *checks)
    assert done.returncode == 1
    assert f"lint: found something: {' '.join(checks)}\n" in done.stdout
    for check in checks:
        assert f"== {check}\n" in done.stdout
    for words in ["[-Wclang-format-violations]", "[nullPointer]",
                  "[clang-analyzer-core.NullDereference", "SC2086", "F401"]:
        assert words in done.stdout


def test_a_clean_project_is_called_clean(small: Path) -> None:
    (small / "kern/a.c").write_text(C + "int f(void) {\n    return 0;\n}\n")
    for name in ["bad.sh", "bad.py"]:
        (small / name).unlink()
    done = lint(small, "text", "clang-format", "cppcheck", "clang-tidy", "shellcheck", "flake8",
                "skeletons", "handouts")
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("lint: clean\n")


def test_an_unknown_section(small: Path) -> None:
    done = lint(small, "none")
    assert done.returncode == 1 and "no check of this name" in done.stdout


@pytest.mark.parametrize("body", [
    "def test_a():\n    pytest.skip('nothing here')\n",
    "@pytest.mark.skip(reason='nothing here')\ndef test_a():\n    pass\n",
    "pytest.skip('nothing here', allow_module_level=True)\n",
])
@pytest.mark.parametrize("ci", ["true", ""])
def test_a_skip_fails_under_ci(tmp_path: Path, body: str, ci: str) -> None:
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "test_a.py").write_text("import pytest\n" + body)
    environment: Dict[str, str] = {k: v for k, v in os.environ.items()
                                   if not k.startswith("PYTEST")}
    done = subprocess.run([sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider"],
                          cwd=tmp_path, env={**environment, "CI": ci}, stdout=subprocess.PIPE,
                          text=True)
    assert "nothing here" in done.stdout
    if ci:
        assert done.returncode != 0 and "a skipped test is a failure" in done.stdout
    else:
        assert "1 skipped" in done.stdout


def test_an_expected_failure_stays_one_under_ci(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "test_a.py").write_text(
        "import pytest\n@pytest.mark.xfail\ndef test_a():\n    assert False\n")
    done = subprocess.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider"], cwd=tmp_path,
                          env={**os.environ, "CI": "true"}, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0 and "1 xfailed" in done.stdout
