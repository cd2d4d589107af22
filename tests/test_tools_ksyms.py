# SPDX-License-Identifier: MIT
"""tools/ksyms.py: the kernel's table of its own functions."""

import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent / "tools"
sys.path.insert(0, str(TOOLS))

import ksyms  # noqa: E402

NM = """0000000000000010 A absolute
0000000000001000 t boot32
                 U undefined
                 w weak_undefined
ffffffff80100000 T kernel_text_start
ffffffff80100000 t first
ffffffff80100020 t local_name
ffffffff80100020 T zeta
ffffffff80100020 T alpha
ffffffff80100020 W weak
ffffffff80100030 t .Lnothing
ffffffff80100040 w weak_one
ffffffff80100050 t entry.loop
ffffffff80101000 T kernel_text_end
ffffffff80102000 R read_only
ffffffff80103000 D data
"""


def run(*words: str, text: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, str(TOOLS / "ksyms.py"), *words], input=text,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_which_symbols_are_taken() -> None:
    assert ksyms.symbols(NM.splitlines()) == [
        (0x0, "first"), (0x20, "alpha"), (0x40, "weak_one"), (0x50, "entry.loop")]


def test_the_order_of_the_input_does_not_matter() -> None:
    lines = NM.splitlines()
    assert ksyms.source(ksyms.symbols(lines)) == ksyms.source(ksyms.symbols(reversed(lines)))


def test_the_table_is_c_that_a_program_can_read(tmp_path: Path) -> None:
    done = run(text=NM)
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "ksyms.c").write_text(done.stdout)
    (tmp_path / "main.c").write_text("""#include <stdint.h>
#include <stdio.h>
extern const uint32_t ksyms_count, ksyms_offsets[], ksyms_names[];
extern const char ksyms_strings[];
int main(void) {
    for (uint32_t i = 0; i < ksyms_count; i++) {
        printf("%x %s\\n", ksyms_offsets[i], &ksyms_strings[ksyms_names[i]]);
    }
}
""")
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-Wpedantic", "-o", "main", "main.c",
                    "ksyms.c"], cwd=tmp_path, check=True)
    out = subprocess.run([tmp_path / "main"], stdout=subprocess.PIPE, text=True).stdout
    assert out == "0 first\n20 alpha\n40 weak_one\n50 entry.loop\n"


def test_the_empty_table_is_c_too(tmp_path: Path) -> None:
    done = run("--empty")
    assert "ksyms_count = 0;" in done.stdout
    (tmp_path / "ksyms.c").write_text(done.stdout)
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-Wpedantic", "-c", "ksyms.c"],
                   cwd=tmp_path, check=True)


def test_a_real_object(tmp_path: Path) -> None:
    (tmp_path / "a.s").write_text(".text\n.globl kernel_text_start\nkernel_text_start:\n nop\n"
                                  ".globl f\nf: ret\n")
    subprocess.run(["gcc", "-c", "a.s"], cwd=tmp_path, check=True)
    done = run(str(tmp_path / "a.o"))
    assert done.returncode == 0 and '"f\\0"' in done.stdout and "0x1," in done.stdout


def test_errors(tmp_path: Path) -> None:
    done = run(text="ffffffff80100000 T f\n")
    assert done.returncode == 1 and "no symbol kernel_text_start" in done.stderr
    far = "0000000000001000 T kernel_text_start\n0000000100001000 T far\n"
    assert "far lies more than 4 GiB" in run(text=far).stderr
    done = run(str(tmp_path / "none"))
    assert done.returncode == 1 and "nm failed" in done.stderr
    done = run("--nm", "no-such-nm", str(tmp_path / "none"))
    assert done.returncode == 1 and "no-such-nm" in done.stderr
