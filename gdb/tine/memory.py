# SPDX-License-Identifier: MIT
"""Commands about memory: vmas, pte, frame, cow, memmap, audit; and for handouts entry, claims."""
from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Tuple

from tine import machine
from tine.command import UsageError, command

from grade.events import (PTE_LARGE, PTE_NX, PTE_PRESENT, PTE_PROTNONE, PTE_USER, PTE_WRITE,
                          pte_rights)
from grade.memmap import draw
from grade.outside import PTE_ACCESSED, PTE_DIRTY, Owner, audit, frame_of, mappings
from grade.parts import inode_name, paths
from grade.reader import (LOW_HALF_END, PAGE_SIZE, Kernel, Leaf, ReaderError, Step, Task, Vma,
                          readable)

TABLES = {4: "PML4", 3: "PDPT", 2: "PD", 1: "PT"}
OTHERS_SHOWN = 3


def names_of(kernel: Kernel, problems: List[str]) -> Dict[int, str]:
    """Returns the paths of inodes, or none if the directories cannot be read."""
    try:
        return paths(kernel)
    except ReaderError as error:
        problems.append(f"the directories: {error}")
        return {}


def vma_words(kernel: Kernel, vma: Vma, names: Dict[int, str]) -> str:
    """Returns what a region shows: a file, the heap, ..."""
    inode = kernel.read_field(vma.address, "vma.inode")
    flags = vma.flag_names().split()
    words = ["shared"] if "shared" in flags else []
    if inode:
        offset = kernel.read_field(vma.address, "vma.offset")
        words.append(f"{inode_name(kernel, inode, names)} from {offset:#x} on")
    words += [word for word in flags if len(word) > 1 and word != "shared"]
    return ", ".join(words)


def rights_of(vma: Vma) -> str:
    """Returns what a region permits, such as `rw-`."""
    flags = vma.flag_names().split()
    return "".join(letter if letter in flags else "-" for letter in "rwx")


def find_vma(kernel: Kernel, task: Task, va: int) -> Optional[Vma]:
    """Returns the region that contains `va`, or None."""
    return next((vma for vma in kernel.walk_vmas(task) if vma.start <= va < vma.end), None)


@command("vmas", complete=machine.pids)
def vmas(words: List[str]) -> Iterator[str]:
    """Lists the regions of an address space: vmas [PID]

    For each: where it is, what its mapping permits, how many of its pages have a frame, and what it
    shows. Without PID: of the current task.

    Example: vmas 1"""
    kernel = machine.kernel()
    task = machine.find_task(kernel, words)
    yield f"pid {task.pid} ({task.name})" + ("" if task.mm else " has no memory of its own")
    problems: List[str] = []
    names = names_of(kernel, problems)
    for vma in readable(kernel.walk_vmas(task), problems):
        try:
            pages = sum(leaf.mapped for leaf in kernel.leaves(task.root or 0, vma.start, vma.end))
            yield (f"  {vma.start:#014x}-{vma.end:#014x} {rights_of(vma)} {pages:5} of "
                   f"{(vma.end - vma.start) // PAGE_SIZE:5} pages  "
                   f"{vma_words(kernel, vma, names)}".rstrip())
        except ReaderError as error:
            yield f"  {vma.start:#014x}-{vma.end:#014x} {rights_of(vma)} cannot be read: {error}"
    yield from problems


# Entries

def entry_words(pte: int) -> str:
    """Returns what an entry says, in words."""
    if pte == 0:
        return "empty"
    text = f"frame {frame_of(pte):#x}, "
    if not pte & PTE_PRESENT:
        return text + ("present, but nobody may touch it (PROT_NONE)" if pte & PTE_PROTNONE else
                       "not present")
    return text + ", ".join((
        "readable, writable" if pte & PTE_WRITE else "readable",
        "not executable" if pte & PTE_NX else "executable",
        "for user mode" if pte & PTE_USER else "for the kernel only"))


def step_words(step: Step) -> str:
    """Returns the bits of one entry on the way, in words."""
    pte = step.pte
    if not pte & PTE_PRESENT:
        if step.level == 1 and pte & PTE_PROTNONE:
            return f"frame {frame_of(pte):#x}: not present, but kept (PROT_NONE)"
        return "empty: nothing is mapped here" if pte == 0 else "not present: nothing is mapped"
    bits = ["writable" if pte & PTE_WRITE else "read-only",
            "user" if pte & PTE_USER else "kernel"]
    bits += [word for bit, word in ((PTE_NX, "no execute"), (PTE_ACCESSED, "accessed"),
                                    (PTE_DIRTY if step.last else 0, "dirty")) if pte & bit]
    what = "frame" if step.last else "table"
    large = f", a large page of {4 << 9 * (step.level - 1)} KiB" if step.level > 1 and \
        pte & PTE_LARGE else ""
    return f"{what} {frame_of(pte):#x}: present, {', '.join(bits)}{large}"


def frame_line(kernel: Kernel, number: int) -> str:
    """Returns what the kernel keeps about a frame."""
    frame = kernel.frame(number)
    return f"frame {number:#x}: {frame.kind}, count {frame.count}"


def check_canonical(va: int) -> None:
    """Raises UsageError if an address is none: Intel SDM volume 1, section 3.3.7.1."""
    if LOW_HALF_END <= va < (1 << 64) - LOW_HALF_END:
        raise UsageError(f"{va:#x} is not canonical: bits 48 to 63 must be like bit 47")


@command("pte", symbols=True)
def pte_command(words: List[str]) -> Iterator[str]:
    """Shows how the processor translates an address: pte VA [PID]

    The walk level by level: which table, which entry, its bits in words; then the frame and its
    count, and what the mapping permits. Without PID: in the current task's address space. VA is any
    expression without spaces.

    Example: pte $rsp"""
    kernel = machine.kernel()
    va = machine.number(words[0])
    check_canonical(va)
    task = machine.find_task(kernel, words[1:]) if words[1:] else machine.current(kernel)
    yield f"{va:#x} for pid {task.pid} ({task.name})" if task else f"{va:#x}: no task runs"
    problems: List[str] = []
    last = None
    root = task.root if task and task.root else machine.top_table(kernel)
    for step in readable(kernel.steps(root, va), problems):
        yield f"  {TABLES[step.level]:4}[{step.index:3}] {step.pte:#018x}  {step_words(step)}"
        last = step
    yield from problems
    if problems or last is None:
        return
    if last.pte & (PTE_PRESENT | PTE_PROTNONE):
        yield f"  {frame_line(kernel, kernel.translate(root, va) // PAGE_SIZE)}"
    if va < LOW_HALF_END and task:
        vma = find_vma(kernel, task, va)
        yield "  " + (f"the mapping permits {rights_of(vma)}" if vma else "no mapping is there")


# Who maps what

def whose(owners: List[Owner]) -> str:
    """Returns a few owners as words."""
    more = f" and {len(owners) - OTHERS_SHOWN} more" if len(owners) > OTHERS_SHOWN else ""
    return ", ".join(map(str, owners[:OTHERS_SHOWN])) + more


@command("frame", plain="frame-at", symbols=True)
def frame_command(words: List[str]) -> Iterator[str]:
    """Says what a frame of physical memory is used for: tine frame [-n] PA, or frame-at [-n] PA

    Its kind, its count, where the kernel keeps these, and every task and address that maps it. PA
    is a physical address; with -n it is a frame's number, which is the address divided by 4096.
    (`frame` alone is GDB's.)

    Example: tine frame 0x665000
    Example: tine frame -n 0x665"""
    by_number = words[0] == "-n"
    if len(words) != 1 + by_number:
        raise UsageError("usage: tine frame PA, or tine frame -n NUMBER")
    kernel = machine.kernel()
    value = machine.number(words[-1])
    number = value if by_number else value // PAGE_SIZE
    yield (f"{frame_line(kernel, number)} (physical {number * PAGE_SIZE:#x}, struct frame at "
           f"{kernel.frame_address(number):#x})")
    problems: List[str] = []
    owners = mappings(kernel, problems).get(number, [])
    for owner in owners:
        yield f"  {owner}, {'private' if owner.private else 'shared'}"
    if not owners:
        yield "  no task maps it"
    yield from problems


Shared = Tuple[Leaf, int, List[Owner]]      # a page, its frame's count, who else maps it


def _runs(rows: List[Shared]) -> Iterator[Tuple[int, Leaf, int, List[Owner]]]:
    """Yields (pages, first page, count, others) of pages that follow each other and are alike."""
    start = 0
    for index, (leaf, count, others) in enumerate(rows):
        first, its, of = rows[start]
        alike = (leaf.va - first.va == (index - start) * PAGE_SIZE and count == its and
                 pte_rights(leaf.pte) == pte_rights(first.pte) and
                 [one.pid for one in others] == [one.pid for one in of])
        if not alike:
            yield index - start, first, its, of
            start = index
    if rows:
        yield (len(rows) - start, *rows[start])


@command("cow", complete=machine.pids)
def cow(words: List[str]) -> Iterator[str]:
    """Says which private pages a task shares, and with whom: cow [PID]

    Copy-on-write lets tasks share a frame until one of them writes. For each page, or pages in a
    row: rights, the frame's count, and who else maps it. Nobody may be able to write to such a
    page. Without PID: the current task.

    Example: cow"""
    kernel = machine.kernel()
    task = machine.find_task(kernel, words)
    problems: List[str] = []
    owners = mappings(kernel, problems)
    rows: List[Shared] = []
    alone = 0
    me = next((one.pid for one in kernel.tasks([]) if one.root == task.root), task.pid)
    for leaf in readable(kernel.leaves(task.root) if task.root else (), problems):
        number = frame_of(leaf.pte)
        its = owners.get(number, [])
        if not leaf.mapped or not all(owner.private for owner in its):
            continue
        others = [one for one in its if (one.pid, one.va) != (me, leaf.va)]
        count = kernel.frame(number).count
        if others or count > 1:
            rows.append((leaf, count, others))
        else:
            alone += 1
    yield f"pid {task.pid} ({task.name}): {len(rows)} private pages are shared, {alone} are its own"
    for pages, leaf, count, others in _runs(rows):
        who = whose(others) if others else "nobody else maps it: it belongs to a file, or leaks"
        wrong = "  <- can be written to!" if leaf.pte & PTE_WRITE else ""
        yield (f"  {leaf.va:#014x} {pte_rights(leaf.pte)} {pages:4} page{'s' * (pages > 1):1} "
               f"count {count}: {who}{wrong}")
    yield from problems


@command("memmap")
def memmap(words: List[str]) -> Iterator[str]:
    """Draws who maps which frame: memmap

    Pages in a row with the same rights share a line; a star marks a frame that several entries map.

    Example: memmap"""
    kernel = machine.kernel()
    problems: List[str] = []
    yield from draw(kernel, problems).splitlines()
    yield from problems


@command("audit")
def audit_command(words: List[str]) -> Iterator[str]:
    """Recounts all claims to frames of user memory, from outside: audit

    Each frame's count must be the number of entries that map it, and nobody may write to a private
    frame that another maps. In the midst of a fork or a fault this may be wrong for a moment.

    Example: audit"""
    kernel = machine.kernel()
    problems: List[str] = []
    found = audit(kernel, problems)
    yield from found
    yield from problems
    if not found and not problems:
        yield "clean: each frame's count is the number of entries that map it"


# What handouts use

@command("entry", symbols=True, whole=True)
def entry(words: List[str]) -> Iterator[str]:
    """Puts a page-table entry into words: entry POINTER

    POINTER is any expression of C that points to an entry.

    Example: entry it.entry"""
    yield entry_words(machine.read_u64(machine.number(words[0])))


@command("claims", symbols=True, whole=True)
def claims(words: List[str]) -> Iterator[str]:
    """Says how many claims there are to the frame that an entry names: claims POINTER

    POINTER is any expression of C that points to a page-table entry.

    Example: claims entry"""
    entry_there = machine.read_u64(machine.number(words[0]))
    frame = machine.kernel().frame(frame_of(entry_there))
    yield f"frame {frame.number:#x}, count {frame.count}"
