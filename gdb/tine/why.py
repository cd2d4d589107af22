# SPDX-License-Identifier: MIT
"""`why`: a fault or a panic in words. What was touched, what forbids it, and what that means."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterator, List, Optional, Tuple

import gdb
from tine import calls, machine, programs
from tine.command import command
from tine.memory import find_vma, frame_line, names_of, rights_of, step_words, vma_words, whose

from grade.console import Console, parse
from grade.events import PTE_NX, PTE_PRESENT, PTE_PROTNONE, PTE_USER, PTE_WRITE
from grade.outside import frame_of, mappings
from grade.parts import read_trapframe, user_trapframe
from grade.reader import LOW_HALF_END, PAGE_SIZE, Kernel, ReaderError, Step, Task, Vma

PAGE_FAULT = 14
PF_WRITE, PF_USER, PF_FETCH = 2, 4, 16      # Intel SDM volume 3A, section 4.7
STACK_LIMIT_BYTES = 8 << 20
EXTABLE_LIMIT = 64
ENDINGS = ("panic:", "hang:", "missing:", "setup:", "audit:")
PANICS = ("panic", "panic_at", "lab_missing")
LAB_LINE = re.compile(r"\s+at (\w+)\+0x[0-9a-f]+\s+<- lab code\b")

# What the kernel says at its end -> what usually causes it, and where to look first.
CAUSES = tuple((re.compile(pattern), text) for pattern, text in (
    (r"a NULL pointer plus",
     "a pointer is NULL, and the field at that offset was used: `backtrace`, and `up` to the "
     "function that should have set it or looked at it"),
    (r"user address .* outside a user copy",
     "the kernel followed a pointer of the program's: user memory is reached by copy_from_user "
     "and copy_to_user alone"),
    (r"an error number used as a pointer", "a result was used without looking for an error first"),
    (r"which is mapped, but not for this",
     "the kernel wrote to code or constants, or jumped to data: a wild pointer"),
    (r"which is not mapped", "a wild or stale pointer: what is in the registers? `trapframe`"),
    (r"freed twice|written to after it was freed|there is no lock at|failed: before > 0",
     "somebody gave up a claim that was not his, or kept a pointer without one: `trace` shows who "
     "freed it; `audit`"),
    (r"has faulted \d+ times",
     "cow_fault said that the fault was resolved, but the entry still forbids the write: was the "
     "new entry stored, at the right address, with the right to write?"),
    (r"kernel stack overflow", "endless recursion, or a large array on the stack: `backtrace -20`"),
    (r"the lock \"", "`locks` shows what is held; `backtrace` who wants it"),
    (r"interrupts have been off", "a loop that does not end with a spinlock held: `locks`"),
    (r"budget of .* ran out",
     "a loop that does not end, or all wait for each other: `ps`, `locks`"),
    (r"is not written yet", "the function is still the skeleton"),
    (r"has count \d+, but", "a claim is missing, or one too many: frame_get and frame_put at each "
     "entry that is made or taken away; `tine frame`"),
    (r"can write to frame", "both sides' entries must lose the right to write; `cow`"),
    (r"never given back", "whoever gave up the last claim did not free it"),
    (r"undefined behaviour|beyond an array", "the line that is named is wrong: `backtrace`"),
))


@dataclass(frozen=True)
class Fault:
    """A page fault: whose, at which address, the processor's error code, the instruction."""

    task: Task
    va: int
    error: int
    pc: int

    @property
    def access(self) -> str:
        """What was tried."""
        if self.error & PF_FETCH:
            return "instruction fetch"
        return "write" if self.error & PF_WRITE else "read"

    @property
    def from_user(self) -> bool:
        """Whether the program did it, not the kernel."""
        return bool(self.error & PF_USER)


# What happened

def current_fault(kernel: Kernel) -> Optional[Fault]:
    """Returns the page fault that the selected processor is handling, or None."""
    task = machine.current(kernel)
    for depth, address in enumerate(machine.trapframes(kernel)):
        frame = read_trapframe(kernel, address)
        if frame["vector"] == PAGE_FAULT and task:
            va = machine.register("cr2") if depth == 0 else None
            for event in reversed(kernel.ring().events if va is None else []):
                if event.name == "trap" and event.args["pc"].number == frame["rip"]:
                    va = event.args["addr"].number
                    break
            if va is not None:
                return Fault(task, va, frame["error"], frame["rip"])
    return None


def last_fault(kernel: Kernel, task: Task) -> Optional[Fault]:
    """Returns the last page fault of a task's program, as the trace has it."""
    for event in reversed(kernel.ring().events):
        if event.name == "exec" and event.pid == task.pid:
            return None     # that was another program
        if event.name == "trap" and event.pid == task.pid and \
                event.args["vec"].number == PAGE_FAULT:
            return Fault(task, *(event.args[key].number for key in ("addr", "code", "pc")))
    return None


# In `make replay`: the lines that the graded run ended with.
last_words: List[str] = []


def read_console() -> Console:
    """Returns what is on the console; at the first instruction of a panic that has been graded
    also what the kernel is about to say."""
    path = machine.console_path()
    try:
        console = parse(path.read_bytes() if path else b"")
    except OSError:
        console = parse(b"")
    if last_words and machine.running() and gdb.newest_frame().name() in PANICS:
        console.kernel.extend(last_words)
    return console


# What it means

def _in_user_copy(kernel: Kernel, pc: int) -> bool:
    """Whether the kernel's instruction at `pc` may touch user memory."""
    start, end = (kernel.elf.symbols.get(f"extable_{word}", 0) for word in ("start", "end"))
    count = min((end - start) // 16, EXTABLE_LIMIT)
    return pc in kernel.elf.read_u64s(start, 2 * count)[::2] if count > 0 else False


def _no_vma(kernel: Kernel, fault: Fault) -> str:
    """What it means that no mapping contains the address."""
    above = next((vma for vma in kernel.walk_vmas(fault.task) if vma.start > fault.va), None)
    below = above.end - fault.va if above and "stack" in above.flag_names().split() else 0
    if 0 < below <= STACK_LIMIT_BYTES:
        return ("below the stack, and not too far: mm_grow_stack makes the stack's region grow "
                "down to it, unless another mapping is too close")
    if 0 < below <= 2 * STACK_LIMIT_BYTES:
        return ("nothing is mapped there, and the stack may not grow so far: the program gets "
                "SIGSEGV. Usually endless recursion")
    return ("nothing is mapped there: the program gets SIGSEGV. Usually a wild pointer, an index "
            "too large, or memory that was given back")


def _filled(kernel: Kernel, vma: Vma, fault: Fault) -> str:
    """What it means that the entry is empty."""
    if kernel.read_field(vma.address, "vma.inode"):
        what = "the file's page, or a copy of it if it is written to"
    elif "shared" in vma.flag_names().split():
        what = "the shared object's"
    else:
        what = "a fresh one, filled with zeros"
    return f"the page has no frame yet, which is no mistake: fill_page gives it {what}"


def _read_only(kernel: Kernel, vma: Vma, number: int) -> str:
    """What a write to a present page of a mapping that permits it means."""
    frame = kernel.frame(number)
    if "cow_fault" not in kernel.elf.symbols:
        return ("the entry forbids what the mapping permits: before lab 2 there is no "
                "copy-on-write, so whoever made the entry made it wrongly")
    if "shared" in vma.flag_names().split():
        return ("shared memory is never copy-on-write: somebody took the right to write from this "
                "entry (mm_share does that to private pages only)")
    if frame.kind == "file":
        return ("this is copy-on-write of a file's page, which the file keeps: cow_fault must copy "
                "it, whatever the count")
    if frame.count > 1:
        return (f"this is copy-on-write: there are {frame.count} claims to the frame. cow_fault "
                "must copy it, make this entry a writable one of the copy, flush, and give up one "
                "claim to the old one")
    if frame.count == 1:
        return ("this is copy-on-write with a sole owner: cow_fault has only to let this entry "
                "write")
    return f"the frame is mapped, but its count is {frame.count}: claims were given up twice"


def meaning(kernel: Kernel, fault: Fault, vma: Optional[Vma], last: Optional[Step]) -> str:
    """Returns what a fault is about, as a sentence.

    Args:
        vma: the mapping, if there is one; last: the entry that ends the walk, if it can be read.
    """
    if not fault.from_user and not _in_user_copy(kernel, fault.pc):
        if fault.va < PAGE_SIZE:
            return "the kernel followed a NULL pointer: a panic"
        return ("the kernel may touch user memory in user copies alone: a panic"
                if fault.va < LOW_HALF_END else "the kernel followed a wild pointer: a panic")
    if fault.va >= LOW_HALF_END:
        return "the program used an address of the kernel's half: it gets SIGSEGV"
    if fault.va < PAGE_SIZE:
        return "a NULL pointer was followed: the program gets SIGSEGV"
    if vma is None:
        return _no_vma(kernel, fault)
    rights = rights_of(vma)
    if {"read": "r", "write": "w"}.get(fault.access, "x") not in rights:
        return (f"the mapping permits {rights}, not this: the program gets SIGSEGV. Usually a "
                "write to a constant, or a jump to data")
    if last is None or not last.pte & (PTE_PRESENT | PTE_PROTNONE):
        return _filled(kernel, vma, fault)
    entry = last.pte
    if not entry & PTE_PRESENT:
        return ("the page is kept, but the entry is still that of PROT_NONE: whoever gave the "
                "mapping its rights back forgot the entry")
    if fault.access == "write" and not entry & PTE_WRITE:
        return _read_only(kernel, vma, frame_of(entry))
    if not entry & PTE_USER or fault.access == "instruction fetch" and entry & PTE_NX:
        return "the entry forbids what the mapping permits: it was made with the wrong rights"
    return ("the entry permits it now: the fault has been resolved, or the processor remembered an "
            "older entry, which is flushed")


# How it is said

def _where(kernel: Kernel, fault: Fault) -> str:
    if fault.from_user:
        return f"in user mode at {programs.place(kernel, fault.task, fault.pc)}"
    copy = " in a user copy" if _in_user_copy(kernel, fault.pc) else ""
    return f"by the kernel{copy}, at {machine.function(kernel, fault.pc)}"


def sentence(kernel: Kernel, fault: Fault) -> str:
    """Returns who did what, where."""
    return (f"{fault.access} at {fault.va:#x} by pid {fault.task.pid} ({fault.task.name}), "
            f"{_where(kernel, fault)}")


def headline(kernel: Kernel) -> Iterator[str]:
    """Yields one line about the fault that is being handled."""
    fault = current_fault(kernel)
    if fault:
        yield f"[{sentence(kernel, fault)}; `why` says more]"


def who(kernel: Kernel) -> Iterator[str]:
    """Yields one line about the current task and its system call."""
    task = machine.current(kernel)
    frame = user_trapframe(kernel, task) if task else None
    if task and frame and frame.is_syscall:
        yield f"[pid {task.pid} ({task.name}): {calls.describe(kernel, task, frame, {})}]"


def explain(kernel: Kernel, fault: Fault) -> Iterator[str]:
    """Yields what there is to say about a fault."""
    yield sentence(kernel, fault)
    last: Optional[Step] = None
    vma: Optional[Vma] = None
    root = fault.task.root or kernel.kernel_pt
    try:
        for last in kernel.steps(root, fault.va):
            pass
        if last:
            yield f"  entry:   {step_words(last)}"
    except ReaderError as error:
        yield f"  entry:   the page table is broken: {error}"
        last = None
    problems: List[str] = []
    if fault.va < LOW_HALF_END:
        try:
            vma = find_vma(kernel, fault.task, fault.va)
        except ReaderError as error:
            problems.append(str(error))
        yield f"  mapping: {_mapping(kernel, vma, problems)}"
    if last and last.level == 1 and last.pte & (PTE_PRESENT | PTE_PROTNONE):
        number = frame_of(last.pte)
        others = [one for one in mappings(kernel, problems).get(number, [])
                  if (one.va, one.entry) != (fault.va & ~(PAGE_SIZE - 1), last.pte)
                  or one.pid != fault.task.pid]
        yield f"  frame:   {frame_line(kernel, number).partition(' ')[2]}" + (
            f"; also mapped by {whose(others)}" if others else "")
    for problem in problems:
        yield f"  broken:  {problem}"
    if not problems:
        yield f"  so:      {meaning(kernel, fault, vma, last)}"


def _mapping(kernel: Kernel, vma: Optional[Vma], problems: List[str]) -> str:
    if vma is None:
        return "cannot be read" if problems else "none"
    more = vma_words(kernel, vma, names_of(kernel, problems))
    return (f"{vma.start:#x}-{vma.end:#x} permits {rights_of(vma)}"
            f"{'' if 'shared' in more.split(', ') else ', private'}{', ' + more if more else ''}")


def _file_of(function: str) -> str:
    """Returns FILE of a function of the kernel, or an empty string."""
    try:
        line = gdb.find_pc_line(int(gdb.parse_and_eval(f"&{function}")))
        return str(line.symtab.filename) if line.symtab else ""
    except gdb.error:
        return ""


def ending(console: Console) -> Iterator[str]:
    """Yields what the kernel said at its end, what usually causes that, and whose code was there;
    nothing if it goes on."""
    words = [text for text in console.kernel if text.startswith(ENDINGS) and text != "audit: clean"]
    if not words:
        return
    last = words[0] if words[0].startswith("audit:") else words[-1]
    yield f"the machine is at its end: {last}"
    for pattern, text in CAUSES:
        if pattern.search(last):
            yield f"  usually: {text}"
            break
    labs = [found[1] for text in console.kernel for found in [LAB_LINE.match(text)] if found]
    if labs:
        file = _file_of(labs[0])
        yield f"  look at: {labs[0]}{f' in {file}' if file else ''}, the lab's code on the stack"


def _facts(kernel: Kernel) -> Tuple[Optional[Fault], Optional[Fault], Optional[Task]]:
    """Returns the fault that is being handled, the current task's last one, and that task."""
    task = machine.current(kernel)
    now = current_fault(kernel)
    return now, (last_fault(kernel, task) if task and not now else None), task


@command("why")
def why(words: List[str]) -> Iterator[str]:
    """Says what is wrong, in words: why

    While a page fault is handled: which access, by whom, where; what the entry, the mapping and the
    frame's count say; and what follows from that. At a panic or another bad end: the kernel's
    words, their usual cause, and which file of a lab is on the stack. Otherwise what the current
    task is doing, and its last fault.

    Example: why"""
    kernel = machine.kernel()
    console = read_console()
    end = list(ending(console))
    yield from end
    if not machine.running():
        yield "the machine has ended; its memory is as it was then"
    now, last, task = _facts(kernel)
    if now:
        yield from explain(kernel, now)
        return
    if not end:
        yield from _at_work(kernel, task, console)
    if last and task and task.mm and machine.running():     # else its memory is gone
        yield "the last page fault of that task, and how things stand there now:"
        yield from (f"  {line}" for line in explain(kernel, last))


def _at_work(kernel: Kernel, task: Optional[Task], console: Console) -> Iterator[str]:
    """Yields what a task is doing that is in no trouble."""
    killed = console.kernel_line("killed:")
    if killed:
        yield f"the console says: {killed}"
    if task is None:
        yield "no task runs on this processor"
    if task is None or not machine.running():
        return
    name = f"pid {task.pid} ({task.name})"
    if machine.in_user_mode():
        yield f"{name} is in user mode at {programs.place(kernel, task, machine.register('rip'))}"
        return
    frame = user_trapframe(kernel, task)
    if frame and frame.is_syscall:
        yield f"{name} is in {calls.describe(kernel, task, frame, names_of(kernel, []))}"
    else:
        yield f"{name} is in the kernel, and no page fault is being handled"
