# SPDX-License-Identifier: MIT
"""What tours tell and check: facts, by the outside reader and GDB's registers, and conditions.

A tour's text names them: `{count page 1}` is the fact `count` of what the tour calls `page` and of
pid 1; `expect: read-only page 1 -- ...` the condition `read_only`.
"""
from __future__ import annotations

from typing import Callable, Dict, List, Union

from tine import calls, machine, programs
from tine.command import UsageError

from grade.events import PTE_PRESENT, PTE_PROTNONE, PTE_USER, PTE_WRITE, pte_rights, signed
from grade.outside import frame_of
from grade.parts import Trapframe, open_files, user_trapframe
from grade.reader import PAGE_SIZE, ReaderError, Step, Task

GENERAL_REGISTERS = ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11",
                     "r12", "r13", "r14", "r15")


class Hex(int):
    """A number that is an address or a frame: it is shown in hexadecimal."""

    def __str__(self) -> str:
        return f"{int(self):#x}"


Fact = Union[int, str]


def _task(pid: int) -> Task:
    return machine.find_task(machine.kernel(), [str(pid)])


def _last(va: int, pid: int) -> Step:
    """The entry that ends the walk for an address of a task."""
    kernel = machine.kernel()
    *_, last = kernel.steps(_task(pid).root or 0, va)
    return last


def _mapped(va: int, pid: int) -> bool:
    last = _last(va, pid)
    return last.level == 1 and bool(last.pte & (PTE_PRESENT | PTE_PROTNONE))


def _frame(va: int, pid: int) -> int:
    if not _mapped(va, pid):
        raise ReaderError(f"pid {pid} has no frame at {va:#x}")
    return frame_of(_last(va, pid).pte)


def _user_frame(task: Task) -> Trapframe:
    frame = user_trapframe(machine.kernel(), task)
    if frame is None:
        raise ReaderError(f"pid {task.pid} has no user mode")
    return frame


def _current() -> Task:
    return machine.find_task(machine.kernel(), [])


# Numbers, and words

def fact_pid() -> Fact:
    """The current task's pid."""
    return _current().pid


def fact_newest() -> Fact:
    """The highest pid there is."""
    return max(task.pid for task in machine.kernel().tasks())


def fact_c(*words: str) -> Fact:
    """The value of an expression of C, in decimal, with its sign."""
    return signed(machine.number(" ".join(words)))


def fact_x(*words: str) -> Fact:
    """The value of an expression of C, in hexadecimal."""
    return Hex(machine.number(" ".join(words)))


def fact_page(va: int) -> Fact:
    """The beginning of the page that an address lies in."""
    return Hex(va & ~(PAGE_SIZE - 1))


def fact_frame(va: int, pid: int) -> Fact:
    """The number of the frame behind an address of a task."""
    return Hex(_frame(va, pid))


def fact_count(va: int, pid: int) -> Fact:
    """How many claims there are to that frame."""
    return machine.kernel().frame(_frame(va, pid)).count


def fact_claims(frame: int) -> Fact:
    """How many claims there are to a frame."""
    return machine.kernel().frame(frame).count


def fact_rights(va: int, pid: int) -> Fact:
    """What an entry of a task permits, as the trace writes it."""
    return pte_rights(_last(va, pid).pte)


def fact_byte(va: int, pid: int) -> Fact:
    """The character at an address of a task."""
    kernel = machine.kernel()
    return chr(kernel.read_mapped(_task(pid).root or 0, va, 1)[0])


def fact_pages(pid: int) -> Fact:
    """How many pages of a task have a frame."""
    return machine.kernel().pages_mapped(_task(pid))


def fact_frames() -> Fact:
    """How many frames of user memory there are in all."""
    return machine.kernel().frames_of_kind("user")


def fact_root(pid: int) -> Fact:
    """Where a task's top-level page table is: a physical address."""
    return Hex(_task(pid).root or 0)


def fact_index(va: int, level: int) -> Fact:
    """Which entry of a table of a level an address chooses."""
    return va >> 12 + 9 * (level - 1) & 511


def fact_entry_at(va: int, level: int, pid: int) -> Fact:
    """The kernel's address of the entry of a level on the way to an address of a task."""
    kernel = machine.kernel()
    for step in kernel.steps(_task(pid).root or 0, va):
        if step.level == level:
            return Hex(kernel.direct_map + step.table + 8 * step.index)
    raise ReaderError(f"the walk to {va:#x} does not come to level {level}")


def fact_direct_map() -> Fact:
    """Where the kernel sees physical memory."""
    return Hex(machine.kernel().direct_map)


def fact_physical(va: int, pid: int) -> Fact:
    """The physical address behind an address of a task."""
    return Hex(machine.kernel().translate(_task(pid).root or 0, va))


def fact_user(name: str, pid: int = 0) -> Fact:
    """A register of a task, as it left user mode last. 0: the current task."""
    return Hex(_user_frame(_task(pid) if pid else _current())[name])


def fact_rip_of(pid: int) -> Fact:
    """Where a task's program goes on."""
    return fact_user("rip", pid)


def fact_parent(pid: int) -> Fact:
    """The pid of a task's parent."""
    kernel = machine.kernel()
    parent = kernel.read_field(_task(pid).address, "task.parent")
    return kernel.read_field(parent, "task.pid") if parent else 0


def fact_argument(number: int) -> Fact:
    """An argument of the system call under way, from 0 on."""
    return Hex(_user_frame(_current()).arguments()[number])


def fact_call() -> Fact:
    """The system call under way, as C would write it."""
    kernel, task = machine.kernel(), _current()
    return calls.describe(kernel, task, _user_frame(task), {})


def fact_symbol(name: str) -> Fact:
    """The address of a function of the current program."""
    path = programs.find(machine.kernel(), _current())
    elf = programs.elf_of(path) if path else None
    if elf is None or name not in elf.symbols:
        raise ReaderError(f"the program has no {name}")
    return Hex(elf.symbols[name])


def fact_descriptors(pid: int) -> Fact:
    """How many descriptors of a task are open."""
    return len(list(open_files(machine.kernel(), _task(pid), {})))


def _flagged(pid: int) -> List[int]:
    """The descriptors of a task that are open and close on exec."""
    return [one.fd for one in open_files(machine.kernel(), _task(pid), {}) if one.closes]


def fact_flagged(pid: int) -> Fact:
    """The open descriptors of a task that close on exec, as words."""
    found = _flagged(pid)
    if not found:
        return "none"
    first = ", ".join(map(str, found[:-1]))
    return f"{first} and {found[-1]}" if first else str(found[-1])


def fact_flags(pid: int) -> Fact:
    """How many descriptors of a task close on exec."""
    return len(_flagged(pid))


def fact_sharers(fd: int, pid: int) -> Fact:
    """How many descriptors share the open file behind one of a task."""
    for one in open_files(machine.kernel(), _task(pid), {}):
        if one.fd == fd:
            return one.count
    raise ReaderError(f"pid {pid} has no descriptor {fd}")


# Conditions

def is_read_only(va: int, pid: int) -> bool:
    """The entry of a task's page does not let it write."""
    return _mapped(va, pid) and not _last(va, pid).pte & PTE_WRITE


def is_writable(va: int, pid: int) -> bool:
    """The entry of a task's page lets the program write."""
    pte = _last(va, pid).pte
    return _mapped(va, pid) and bool(pte & PTE_WRITE) and bool(pte & PTE_USER)


def is_mapped(va: int, pid: int) -> bool:
    """A page of a task has a frame."""
    return _mapped(va, pid)


def is_unmapped(va: int, pid: int) -> bool:
    """It has none."""
    return not _mapped(va, pid)


def is_one_frame(va: int, pid: int, other: int) -> bool:
    """Two tasks have the same frame at an address."""
    return _mapped(va, pid) and _mapped(va, other) and _frame(va, pid) == _frame(va, other)


def is_two_frames(va: int, pid: int, other: int) -> bool:
    """Two tasks have different frames at an address."""
    return _mapped(va, pid) and _mapped(va, other) and _frame(va, pid) != _frame(va, other)


def is_task(pid: int) -> bool:
    """There is such a task."""
    try:
        return _task(pid).pid == pid
    except UsageError:
        return False


def is_no_task(pid: int) -> bool:
    """There is not, or not yet."""
    return not is_task(pid)


def is_flagged(fd: int, pid: int) -> bool:
    """An open descriptor of a task closes on exec."""
    return fd in _flagged(pid)


def is_unflagged(fd: int, pid: int) -> bool:
    """An open descriptor of a task stays."""
    return fd not in _flagged(pid)


def is_user_mode() -> bool:
    """The processor is in user mode."""
    return machine.in_user_mode()


def is_kernel_mode() -> bool:
    """The processor is in the kernel."""
    return not machine.in_user_mode()


def is_clean_registers() -> bool:
    """The current task's registers in user mode are those of a program that has not begun."""
    frame = _user_frame(_current())
    return not any(frame[name] for name in GENERAL_REGISTERS)


def is_same(first: Fact, second: Fact) -> bool:
    """Two facts are the same."""
    return first == second


def is_different(first: Fact, second: Fact) -> bool:
    """They are not."""
    return first != second


def _named(prefix: str) -> Dict[str, Callable[..., object]]:
    return {name[len(prefix):].replace("_", "-"): value for name, value in globals().items()
            if name.startswith(prefix)}


FACTS = _named("fact_")
CONDITIONS = _named("is_")
