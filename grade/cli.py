# SPDX-License-Identifier: MIT
"""The command line: `python3 -m grade COMMAND`, from the project's root.

    run      grade a lab
    watch    grade it again whenever a file is saved
    boot     boot a kernel on this terminal, or under GDB
    replay   run a test that has failed again, under GDB, to any moment of it
    oracle   run the test programs on the host's Linux and compare what they print
    memmap   draw which task maps which frame, wherever a test program stops
    mutants  plant each known mistake and see it caught
    tour     walk through one thing the kernel does, in GDB

Exit status: 0 full marks (all is well); 1 points lost (something is wrong); 2 wrong usage, or
something needed is missing; 3 the grader or QEMU failed; 130 interrupted.
"""
from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Dict, List, Optional

from grade import (boot, gdbserver, memmap, mutants, oracle, replay, report, runner, tours,
                   watch)
from grade.build import CompileError, build
from grade.errors import GradeError, SetupError
from grade.failed import NOT_KEPT, Keep, replay_command
from grade.host import signals_raise
from grade.machine import BACKSTOP_S, Config
from grade.spec import Spec
from grade.verdict import Score
from grade.words import EXIT_FULL, EXIT_HARNESS, EXIT_LOST

BOOT_MEMORY_MIB = 128
ROOT = Path(__file__).resolve().parent.parent


def main(arguments: List[str]) -> int:
    """Runs one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        with signals_raise():
            status: int = options.handler(options)
            sys.stdout.flush()
            return status
    except GradeError as error:
        print(f"grade: {error}", file=sys.stderr)
        return error.status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_HARNESS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="grade", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    add = commands.add_parser("run", help="grade a lab")
    add.add_argument("--lab", type=int, required=True, help="the lab's number")
    add.add_argument("--solved", type=_solved, metavar="K|none",
                     help="take labs 0..K from solutions/ (default: all labs before this one)")
    add.add_argument("--test", metavar="NAME", help="only this test")
    add.add_argument("--seed", type=int, default=0, metavar="N",
                     help="for tests with several processors: only this order of them")
    add.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    add.add_argument("--junit", type=Path, metavar="FILE", help="write the report as JUnit XML")
    add.add_argument("--dump", type=Path, metavar="DIR",
                     help="write each test's console and trace into this folder")
    _add_limits(add)
    add.set_defaults(handler=_run)
    add = commands.add_parser("watch", help="grade a lab again whenever a file is saved")
    add.add_argument("--lab", type=int, required=True, help="the lab's number")
    add.add_argument("--solved", type=_solved, metavar="K|none",
                     help="take labs 0..K from solutions/ (default: all labs before this one)")
    add.add_argument("--test", metavar="NAME", help="begin with this test")
    _add_limits(add)
    add.set_defaults(handler=_watch)
    add = commands.add_parser("boot", help="boot a kernel on this terminal, or under GDB")
    add.add_argument("--kernel", type=Path, required=True, metavar="FILE")
    add.add_argument("--initrd", type=Path, metavar="FILE")
    add.add_argument("--append", default="", metavar="TEXT", help="the kernel's command line")
    add.add_argument("--test", metavar="LAB/NAME",
                     help="boot as this test does: its kernel options and memory")
    add.add_argument("--memory", type=int, default=BOOT_MEMORY_MIB, metavar="MIB")
    add.add_argument("--cpus", type=int, default=1, metavar="N", help="processors")
    add.add_argument("--seed", type=int, default=0, metavar="N",
                     help="with --test: this order of the processors")
    add.add_argument("--trace-serial", type=Path, metavar="FILE",
                     help="mirror the trace as text into this file")
    add.add_argument("--gdb", action="store_true", help="stopped, with GDB attached")
    add.add_argument("--gdbserver", type=Path, metavar="DIR",
                     help="stopped, for a debugger that you start, with what it needs in DIR")
    add.add_argument("--offer", type=Path, metavar="DIR",
                     help="on this terminal, but debuggers may come and go, as with --gdbserver")
    add.add_argument("--console", type=Path, metavar="FILE",
                     help="with --gdb: where the console goes (default: beside the kernel)")
    add.add_argument("--icount", action="store_true",
                     help="count time in guest instructions, as graded runs do")
    add.set_defaults(handler=_boot)
    add = commands.add_parser("replay", help="run a failed test again under GDB, and back")
    add.add_argument("--test", required=True, metavar="LAB/NAME")
    add.add_argument("--seed", type=int, default=0, metavar="N", help="that failed with this seed")
    add.add_argument("--kept", type=Path, metavar="DIR",
                     help="where failed tests are kept (default: build/failed)")
    add.set_defaults(handler=_replay)
    add = commands.add_parser("oracle", help="compare test programs with the host's Linux")
    add.add_argument("--lab", type=int, help="only this lab")
    add.set_defaults(handler=_oracle)
    add = commands.add_parser("mutants", help="plant each known mistake and see it caught")
    add.add_argument("--lab", type=int, help="only this lab")
    add.add_argument("--only", metavar="NAME", help="only this mutant or variant")
    _add_limits(add)
    add.set_defaults(handler=_mutants)
    add = commands.add_parser("memmap", help="draw who maps which frame, at a test's stops")
    add.add_argument("--test", required=True, metavar="LAB/NAME")
    add.add_argument("--solved", type=_solved, metavar="K|none")
    add.set_defaults(handler=_memmap)
    add = commands.add_parser("tour", help="walk through one thing the kernel does, in GDB")
    add.add_argument("name", nargs="?", help="which one (default: list them)")
    add.add_argument("--lab", type=int, metavar="N", help="on the kernel of this later lab")
    add.add_argument("--solved", type=_solved, metavar="K|none",
                     help="take labs 0..K from solutions/ (default: all)")
    add.add_argument("--overlay", type=Path, metavar="DIR", help="a folder laid over the sources")
    add.add_argument("--batch", action="store_true", help="do not wait for Enter")
    add.set_defaults(handler=_tour)
    return parser


def _add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=int, default=0, metavar="N",
                        help="boot so many machines at once (default: as many as processors)")
    parser.add_argument("--timeout", type=float, default=BACKSTOP_S, metavar="SECONDS",
                        help="the wall clock's limit for one test (default: %(default)g)")


def _limits(options: argparse.Namespace) -> runner.Limits:
    return runner.Limits(options.jobs, options.timeout, getattr(options, "dump", None))


def _solved(text: str) -> str:
    if text == "none" or text.isdigit():
        return text
    raise argparse.ArgumentTypeError(f"expected a lab's number or none, not '{text}'")


def _run(options: argparse.Namespace) -> int:
    """Grades a lab, showing the tests in their order as soon as they are known."""
    choice = runner.Choice(ROOT, options.lab, options.solved or runner.default_solved(options.lab),
                           options.test, _limits(options), options.seed)
    order = [spec.name for spec in runner.load_specs(ROOT, options.lab, options.test)]
    terminal = report.Terminal()
    scores: Dict[str, Score] = {}
    shown = 0
    terminal.progress(f"building lab {options.lab} ...")
    for score in runner.grade(choice, terminal.remark):
        scores[score.name] = score
        while shown < len(order) and order[shown] in scores:
            terminal.score(scores[order[shown]])
            shown += 1
    result = runner.Report(options.lab, [scores[name] for name in order])
    terminal.summary(result)
    lost = next((score for score in result.tests if score.failure), None)
    if lost and lost.verdict not in NOT_KEPT:
        terminal.line(f"replay: {replay_command(options.lab, lost.name, lost.seed)}")
    try:
        if options.json:
            report.write_json(result, options.json)
        if options.junit:
            report.write_junit(result, options.junit)
    except OSError as error:
        raise SetupError(f"cannot write the report: {error}")
    if any(score.verdict == "error" for score in result.tests):
        return EXIT_HARNESS
    return EXIT_FULL if result.score == result.max else EXIT_LOST


def _watch(options: argparse.Namespace) -> int:
    return watch.watch(runner.Choice(
        ROOT, options.lab, options.solved or runner.default_solved(options.lab), options.test,
        _limits(options)))


def _boot(options: argparse.Namespace) -> int:
    """Boots a kernel file for a person."""
    words, memory_mib, cpus = [options.append], options.memory, options.cpus
    if options.trace_serial:
        words.append("trace-mirror=1")
    if options.test:
        test = _one_test(options.test)
        test = replace(test, seed=options.seed or min(test.seeds, 1))
        words, memory_mib, cpus = [test.kernel_options(), *words], test.memory, test.cpus
    config = Config(options.kernel, options.initrd, " ".join(filter(None, words)), memory_mib,
                    cpus, counted=options.icount)
    for file in (config.kernel, config.initrd):
        if file and not file.is_file():
            raise SetupError(f"there is no file {file}")
    settings = boot.Options(config, ROOT, options.trace_serial,
                            console=options.console)
    if options.gdbserver:
        return gdbserver.serve(settings, options.gdbserver)
    if options.offer:
        return gdbserver.boot_offered(settings, options.offer)
    return boot.debug(settings) if options.gdb else boot.boot(settings)


def _replay(options: argparse.Namespace) -> int:
    test = _one_test(options.test)
    keep = Keep(ROOT, options.kept) if options.kept else Keep.of(ROOT)
    return replay.replay(keep.find(test.lab, test.name, options.seed), ROOT)


def _chosen_labs(lab: Optional[int]) -> List[int]:
    known = runner.labs(ROOT)
    if lab is not None and lab not in known:
        raise SetupError(f"there is no lab {lab}; there are: {', '.join(map(str, known))}")
    return known if lab is None else [lab]


def _oracle(options: argparse.Namespace) -> int:
    results = [oracle.check_lab(ROOT, lab) for lab in _chosen_labs(options.lab)]
    return EXIT_FULL if all(results) else EXIT_LOST


def _one_test(text: str) -> Spec:
    """The test that LAB/NAME names."""
    lab, _, name = text.partition("/")
    if not lab.isdigit():
        raise SetupError(f"expected LAB/NAME such as 0/lazy, not '{text}'")
    return runner.load_specs(ROOT, int(lab), name)[0]


def _memmap(options: argparse.Namespace) -> int:
    spec = _one_test(options.test)
    solved = options.solved or runner.default_solved(spec.lab)
    try:
        built = build(ROOT, spec.lab, solved)
    except CompileError as error:
        raise SetupError(str(error))
    if not memmap.show(built, spec):
        raise SetupError(f"{options.test} never stops for the reader outside (probe_stop)")
    return EXIT_FULL


def _mutants(options: argparse.Namespace) -> int:
    results = [mutants.check_lab(ROOT, lab, options.only, _limits(options))
               for lab in _chosen_labs(options.lab)]
    return EXIT_FULL if all(results) else EXIT_LOST


def _tour(options: argparse.Namespace) -> int:
    """Lists the tours, or goes through one."""
    if not options.name:
        print("\n".join(["make tour TOUR=name   [SOLVED=k: labs above k are yours; BATCH=1]",
                         *tours.listing(ROOT)]))
        return EXIT_FULL
    return tours.run(ROOT, tours.load(ROOT, options.name), options.lab, options.solved,
                     options.overlay, options.batch)
