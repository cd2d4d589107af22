# SPDX-License-Identifier: MIT
#
# The front door. `make` alone says what there is. Paths are relative to this folder throughout, so
# that a folder whose name has spaces works.

.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

# ---- What to build ---------------------------------------------------------------------------
# LAB=n      labs 0..n are linked in
# SOLVED=k   labs 0..k come from solutions/; none: all from labs/
# CHECKS=0   without trace, audit and assertions: for measuring
# OVERLAY=d  d/PATH stands in for PATH where it exists: for mutants, variants and the like
# CC, CROSS  the compiler, and the prefix of a cross tool chain (x86_64-linux-gnu-)
LABS    := $(sort $(patsubst solutions/%,%,$(wildcard solutions/*-*)))
HIGHEST := $(lastword $(foreach l,$(LABS),$(firstword $(subst -, ,$(l)))))
LAB     ?= $(HIGHEST)
CHECKS  ?= 1
OVERLAY ?=
ARCH    := x86_64

LAB_NUMBERS := $(foreach l,$(LABS),$(firstword $(subst -, ,$(l))))
# Of the numbers $(2), in order, those before $(1).
labs_before = $(if $(filter-out $(1),$(firstword $(2))),$(firstword $(2)) \
              $(call labs_before,$(1),$(wordlist 2,$(words $(2)),$(2))))
ifeq ($(filter $(LAB),$(LAB_NUMBERS)),)
$(error LAB=$(LAB): there is no such lab; labs: $(LAB_NUMBERS))
endif
ifeq ($(filter $(CHECKS),0 1),)
$(error CHECKS=$(CHECKS): must be 0 or 1)
endif

# The default of SOLVED depends on the command: `run` shows what you have, `grade` takes earlier
# labs from the solutions, `demo` takes all.
BEFORE := $(or $(lastword $(call labs_before,$(LAB),$(LAB_NUMBERS))),none)
ifdef SOLVED
SOLVED_run := $(SOLVED)
SOLVED_grade := $(SOLVED)
SOLVED_demo := $(SOLVED)
else
SOLVED := none
SOLVED_run := none
SOLVED_grade := $(BEFORE)
SOLVED_demo := $(HIGHEST)
endif
ifeq ($(filter $(SOLVED),none $(LAB_NUMBERS)),)
$(error SOLVED=$(SOLVED): must be none or one of $(LAB_NUMBERS))
endif

# ---- Tools -----------------------------------------------------------------------------------
V ?= 0
Q := $(if $(filter 0,$(V)),@)
say = $(if $(filter 0,$(V)),@printf '  %-6s %s\n' $(1) $(2))

# A native compiler serves on x86-64 Linux; anywhere else a cross compiler is looked for.
ifeq ($(origin CROSS),undefined)
ifneq ($(shell uname -s -m),Linux x86_64)
CROSS := $(firstword $(foreach p,x86_64-linux-gnu- x86_64-elf-,$(if $(shell command -v $(p)gcc),$(p))))
endif
endif
ifeq ($(origin CC),default)
CC := $(CROSS)gcc
endif
COMPILER := $(if $(findstring clang,$(notdir $(CC))),clang,gcc)
LD      := $(CROSS)ld
OBJCOPY := $(CROSS)objcopy
NM      := $(CROSS)nm
AR      := $(CROSS)ar
NASM    ?= nasm
export CC CROSS

# The Python that runs the build's helpers; found when a recipe runs, after the set-up.
PY = "$$(tools/python.sh)"

# ---- Flags -----------------------------------------------------------------------------------
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef \
            -Wpointer-arith -Wwrite-strings
COMMON := -std=gnu17 -O2 -g -ffreestanding -fno-strict-aliasing -fno-common -fno-pic -fno-pie \
          -fcf-protection=none -fno-asynchronous-unwind-tables -fno-stack-clash-protection \
          -ffile-prefix-map="$(CURDIR)"=. -nostdinc $(WARNINGS) $(COLOUR)
ifeq ($(COMPILER),clang)
COMMON += --target=x86_64-linux-gnu -fno-sanitize=function
endif
# Asked for once, when it is first needed: then the compiler is there.
COMPILER_HEADERS = $(eval COMPILER_HEADERS := $(shell $(CC) -print-file-name=include))$(COMPILER_HEADERS)

CHECKING_1 := -fsanitize=undefined -fstack-protector-strong \
              -mstack-protector-guard=global
CHECKING_0 := -fno-stack-protector -fomit-frame-pointer
# A lab's code is there to be stepped through; and each of its accesses to memory is a point where another
# CPU may come in between (kern/witness/race_access.c).
LAB_FLAGS_1 := -Og -fsanitize=thread $(if $(filter clang,$(COMPILER)),-mllvm \
               -tsan-instrument-func-entry-exit=0,--param tsan-instrument-func-entry-exit=0)
OVERLAY_INCLUDES := $(if $(OVERLAY),-I$(OVERLAY)/kern -I$(OVERLAY)/lib)
KERNEL_INCLUDES := $(OVERLAY_INCLUDES) -Ikern -Ikern/arch/$(ARCH)/include -Ilib
KERNEL_DEFINES := -DTINE_CHECKS=$(CHECKS)
LAB_DEFINE := -DTINE_LAB=$(LAB)
KERNEL_FLAGS = $(COMMON) -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
               -fno-omit-frame-pointer $(CHECKING_$(CHECKS)) $(KERNEL_DEFINES) $(KERNEL_INCLUDES) \
               -isystem "$(COMPILER_HEADERS)"
USER_INCLUDES := -Ilib/c/include -Ilib -Ilib/c
# Sections of their own: what a program does not use is not in it. (Its pages cost frames, and fork
# copies them.)
USER_FLAGS = $(COMMON) -D__tine__ -fno-stack-protector -ffunction-sections -fdata-sections \
             $(USER_INCLUDES) -isystem "$(COMPILER_HEADERS)"
LINK := $(LD) -m elf_x86_64 -nostdlib -static --build-id=none -z max-page-size=4096 \
        -z noexecstack
USER_LINK := $(LINK) --gc-sections

# ---- Where it goes ---------------------------------------------------------------------------
# B  this configuration: the labs' objects, the kernel, the initial file system
# G  the kernel that is given: the same whoever has written the labs
# L  what of it depends on how many labs there are: what includes lab_number.h
# P  programs: the same for every kernel
# Where an overlay has something to say, there are G and L, or P, of its own within B.
TOOL_CHAIN := $(if $(filter-out gcc,$(notdir $(CC))),-$(notdir $(CC)))
VARIETY := $(if $(filter 0,$(CHECKS)),-nochecks)$(TOOL_CHAIN)
plain_folder_for = build/lab$(LAB)-solved$(1)$(VARIETY)
folder_for = $(plain_folder_for)$(if $(OVERLAY),-$(notdir $(OVERLAY)))
B := $(call folder_for,$(SOLVED))
B_PLAIN := $(call plain_folder_for,$(SOLVED))
G_PLAIN := build/given$(VARIETY)
L_PLAIN := build/given-lab$(LAB)$(VARIETY)
P_PLAIN := build/programs$(TOOL_CHAIN)
overlaid = $(if $(OVERLAY),$(wildcard $(1:%=$(OVERLAY)/%)))
G := $(if $(call overlaid,kern lib),$(B)/given,$(G_PLAIN))
L := $(if $(call overlaid,kern lib),$(B)/given-lab,$(L_PLAIN))
P := $(if $(call overlaid,user lib),$(B)/programs,$(P_PLAIN))
KERNEL := $(B)/tine.elf
INITRD := $(B)/initrd.cpio

# ---- What it is made of ----------------------------------------------------------------------
# A source file, or what stands in for it.
source = $(if $(OVERLAY),$(or $(wildcard $(OVERLAY)/$(1)),$(1)),$(1))

KERNEL_DIRS := kern kern/mm kern/task kern/fs kern/sys kern/witness kern/arch/$(ARCH) lib/base
KERNEL_C := $(sort $(foreach d,$(KERNEL_DIRS),$(wildcard $(d)/*.c)))
BY_LAB := $(shell grep -l '"lab_number\.h"' $(KERNEL_C))
KERNEL_ASM := $(sort $(wildcard kern/arch/$(ARCH)/*.asm))

number_of = $(firstword $(subst -, ,$(1)))
linked_labs := $(foreach n,$(call labs_before,$(LAB),$(LAB_NUMBERS)) $(LAB),$(filter $(n)-%,$(LABS)))
SOLVED_NUMBERS := $(if $(filter-out none,$(SOLVED)),$(call labs_before,$(SOLVED),$(LAB_NUMBERS)) $(SOLVED))
# Where lab $(1), such as 0-start, is taken from.
lab_dir = $(if $(filter $(SOLVED_NUMBERS),$(call number_of,$(1))),solutions,labs)/$(1)
# Of a lab's files, those in lib/ belong to the C library, the others to the kernel.
lab_object = $(patsubst solutions/%.c,$(B)/labs/%.o,$(patsubst labs/%.c,$(B)/labs/%.o,$(1)))
LAB_OBJECTS := $(call lab_object,$(foreach l,$(linked_labs),$(wildcard $(call lab_dir,$(l))/*.c)))
LAB_LIBC_OBJECTS := $(call lab_object,$(foreach l,$(linked_labs),$(wildcard $(call lab_dir,$(l))/lib/*.c)))
KERNEL_OBJECTS := $(patsubst %.c,$(L)/%.o,$(BY_LAB)) \
                  $(patsubst %.c,$(G)/%.o,$(filter-out $(BY_LAB),$(KERNEL_C))) \
                  $(KERNEL_ASM:%.asm=$(G)/%.asm.o) $(LAB_OBJECTS)

# Programs: the C library, then what is in user/. Only what a program uses of a library is linked.
user_object = $(patsubst %.c,$(P)/%.o,$(patsubst %.asm,$(P)/%.asm.o,$(1)))
LIBC := $(P)/libc.a
FLAT_HEADER_ASM := lib/c/$(ARCH)/flat_header.asm
LIBC_OBJECTS := $(call user_object,$(sort $(wildcard lib/c/*.c lib/base/*.c)) \
                $(filter-out $(FLAT_HEADER_ASM),$(wildcard lib/c/$(ARCH)/*.asm)))
START := $(call user_object,lib/c/$(ARCH)/start.asm)
FLAT_HEADER := $(call user_object,$(FLAT_HEADER_ASM))

# The tools: all of them in one flat image, which is /init; and each one as an ELF file, which can be
# run once there is execve.
TOOL_NAMES := $(filter-out all,$(patsubst user/bin/%.c,%,$(sort $(wildcard user/bin/*.c))))
TOOLS := $(P)/tools.a
TOOLS_OBJECTS := $(call user_object,$(TOOL_NAMES:%=user/bin/%.c) \
                 $(sort $(wildcard user/bin/common/*.c user/bin/sh/*.c)))
# Those that need the labs' part of the library are linked anew for each configuration.
FAMILY := env nohup
TOOLS_ELF := $(patsubst %,$(P)/bin/%,$(filter-out $(FAMILY),$(TOOL_NAMES)))
FAMILY_ELF := $(if $(LAB_LIBC_OBJECTS),$(FAMILY:%=$(B)/bin/%))
LAB_LIBC := $(if $(LAB_LIBC_OBJECTS),$(B)/lablibc.a)

# Executable files written byte by byte, for handouts to show.
BYTES_NAMES := $(patsubst user/bytes/%.asm,%,$(sort $(wildcard user/bytes/*.asm)))

TESTED := given shell $(foreach l,$(linked_labs),lab$(call number_of,$(l)))
# A test is one file, or all those in a folder. What abuses the kernel forks.
TESTS := $(foreach t,$(TESTED),$(basename $(sort $(wildcard user/tests/$(t)/*.c)))) \
         $(if $(filter-out 0,$(LAB)),$(basename $(sort $(wildcard user/tests/abuse/*))))
SCRIPTS := $(foreach t,$(TESTED),$(sort $(wildcard user/tests/$(t)/*.sh)))
INIT := $(P)/user/bin/all.flat
# So are the tests of labs that have one; all others are the same for every kernel.
LIBC_TESTS := $(if $(LAB_LIBC_OBJECTS),$(filter user/tests/lab4/%,$(TESTS)))
test_folder = $(if $(filter user/tests/lab4/%,$(1)),$(B),$(P))
PROGRAMS := $(INIT) $(foreach t,$(TESTS),$(call test_folder,$(t))/$(t).flat)
LAB_STATE := $(B)/etc/lab

# NAME=FILE for each file of the initial file system.
INITRD_FILES := init=$(INIT) etc/lab=$(LAB_STATE) \
                $(foreach t,$(TESTS),$(t:user/%=%)=$(call test_folder,$(t))/$(t).flat) \
                $(foreach s,$(SCRIPTS:user/%=%),$(s)=user/$(s))
ifneq ($(filter-out 0 1 2,$(LAB)),)
ELF_FILES := $(P)/elf
# A test from lab 3 on is there twice: as the flat image that is started, and as the ELF file that it executes.
EXECUTING := $(filter user/tests/lab3/% user/tests/lab4/%,$(TESTS))
executed = $(call test_folder,$(1))/exec/$(1:user/%=%)
EXECUTED := $(foreach t,$(EXECUTING),$(call executed,$(t)))
INITRD_FILES += $(foreach t,$(TOOLS_ELF) $(FAMILY_ELF),bin/$(notdir $(t))=$(t)) \
                $(foreach f,hostile odd,$(f)=$(ELF_FILES)/$(f)) \
                $(foreach t,$(EXECUTING),$(t:user/%=%).elf=$(call executed,$(t))) \
                $(foreach b,$(BYTES_NAMES),bin/$(b)=$(P)/bytes/$(b))
INITRD_ELF := $(TOOLS_ELF) $(FAMILY_ELF) $(EXECUTED) $(BYTES_NAMES:%=$(P)/bytes/%) $(ELF_FILES)/made
endif

# A build with an overlay differs in a few files from the one without: it starts from a copy of that one,
# when the building begins, that is in the make that has the lock.
ifneq ($(OVERLAY),)
ifeq ($(wildcard $(OVERLAY)/.),)
$(error OVERLAY=$(OVERLAY): there is no such folder)
endif
ifneq ($(filter image bench-image,$(MAKECMDGOALS)),)
PREPARED := $(shell tools/overlay.sh "$(OVERLAY)" "$(B_PLAIN)" "$(B)" $(if $(filter $(B)/%,$(G)), \
                "$(G_PLAIN)" "$(G)" "$(L_PLAIN)" "$(L)") $(if $(filter $(B)/%,$(P)),"$(P_PLAIN)" "$(P)"))
endif
endif

# ---- Rules -----------------------------------------------------------------------------------
# Dependencies name their target by $(B), $(G), $(L) or $(P) itself, so that a copied folder stays right.
named_by = '$$($(1))/$(@:$($(1))/%=%)'
# A file of an overlay includes its neighbours from where it stands in for another.
neighbours = $(if $(OVERLAY),$(if $(filter $(OVERLAY)/%,$<),-iquote $(dir $(<:$(OVERLAY)/%=%))))
compile = $(Q)mkdir -p "$(@D)" && $(CC) $(2) $(neighbours) -MMD -MP -MT $(call named_by,$(1)) -c -o $@ $<
assemble = $(Q)mkdir -p "$(@D)" && $(NASM) -f elf64 -g -F dwarf -i $(dir $<) -MD $(@:.o=.d) \
           -MT $(call named_by,$(1)) -MP -o $@ $<

.SECONDEXPANSION:

define lab_rule
$(B)/labs/$(1)/%.o: $$$$(call source,$(call lab_dir,$(1))/$$$$*.c) Makefile
	$$(call say,CC,$$<)
	$$(call compile,B,$$(KERNEL_FLAGS) $(LAB_FLAGS_$(CHECKS)))
endef
define lab_libc_rule
$(B)/labs/$(1)/lib/%.o: $$$$(call source,$(call lab_dir,$(1))/lib/$$$$*.c) Makefile
	$$(call say,CC,"$$< (user)")
	$$(call compile,B,$$(USER_FLAGS))
endef
$(foreach l,$(linked_labs),$(eval $(call lab_rule,$(l)))$(eval $(call lab_libc_rule,$(l))))

$(P)/%.o: $$(call source,$$*.c) Makefile
	$(call say,CC,"$< (user)")
	$(call compile,P,$(USER_FLAGS))

$(G)/%.o: $$(call source,$$*.c) Makefile
	$(call say,CC,$<)
	$(call compile,G,$(KERNEL_FLAGS))

$(L)/%.o: $$(call source,$$*.c) Makefile
	$(call say,CC,$<)
	$(call compile,L,$(KERNEL_FLAGS) $(LAB_DEFINE))

# The loops that memcpy and memset consist of must not become calls to memcpy and memset; and they are
# worth unrolling.
$(G)/lib/base/string.o $(P)/lib/base/string.o: COMMON += -funroll-loops $(if \
    $(filter gcc,$(COMPILER)),-fno-tree-loop-distribute-patterns,-fno-builtin)

# Most of what a checking kernel does is to fill and compare freed memory: checking each step of that, too,
# would make calls that take a path three times as slow.
$(G)/lib/base/string.o: CHECKING_1 := $(CHECKING_0)

$(P)/%.asm.o: $$(call source,$$*.asm) Makefile
	$(call say,NASM,"$< (user)")
	$(call assemble,P)

$(G)/%.asm.o: $$(call source,$$*.asm) Makefile
	$(call say,NASM,$<)
	$(call assemble,G)

# The kernel is linked twice: the second time with a table of its own functions, for backtraces.
# The table lies behind all code, so it moves none.
$(B)/first/ksyms.c: tools/ksyms.py
	$(Q)mkdir -p "$(@D)" && $(PY) tools/ksyms.py --empty > $@

$(B)/second/ksyms.c: $(B)/first/tine.elf tools/ksyms.py
	$(Q)mkdir -p "$(@D)" && $(PY) tools/ksyms.py --nm $(NM) $< > $@

$(B)/first/ksyms.o $(B)/second/ksyms.o: %.o: %.c
	$(Q)$(CC) $(KERNEL_FLAGS) -g0 -c -o $@ $<

link_kernel = $(LINK) -T kern/arch/$(ARCH)/kernel.ld -o $@ $(filter %.o,$^)

$(B)/first/tine.elf: $(KERNEL_OBJECTS) $(B)/first/ksyms.o kern/arch/$(ARCH)/kernel.ld
	$(Q)$(link_kernel)

$(KERNEL): $(KERNEL_OBJECTS) $(B)/second/ksyms.o kern/arch/$(ARCH)/kernel.ld
	$(call say,LD,$@)
	$(Q)$(link_kernel)

$(LIBC): $(LIBC_OBJECTS)
$(TOOLS): $(TOOLS_OBJECTS)
$(LAB_LIBC): $(LAB_LIBC_OBJECTS)
$(LIBC) $(TOOLS) $(LAB_LIBC):
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(INIT:.flat=.elf): $(TOOLS)
program_objects = $(call user_object,$(or $(sort $(wildcard $(1)/*.c)),$(1).c))
link_flat = $(Q)mkdir -p "$(@D)" && $(USER_LINK) -T user/flat.ld -o $@ $(filter %.o,$^) \
            $(filter $(TOOLS),$^) $(filter $(LAB_LIBC),$^) $(LIBC)
$(filter $(P)/%,$(PROGRAMS:.flat=.elf)): $(P)/%.elf: $(FLAT_HEADER) $(START) $$(call program_objects,$$*) \
                         $(LIBC) user/flat.ld
	$(link_flat)

$(LIBC_TESTS:%=$(B)/%.elf): $(B)/%.elf: $(FLAT_HEADER) $(START) $$(call program_objects,$$*) \
                         $(LAB_LIBC) $(LIBC) user/flat.ld
	$(link_flat)

$(PROGRAMS): %.flat: %.elf
	$(Q)$(OBJCOPY) -O binary $< $@

# What the guest executes is stripped; with symbols, for GDB, it is in a folder beside. A tool's object has no
# main of its own.
link_elf = $(Q)mkdir -p "$(@D)" && $(USER_LINK) -z noseparate-code $(1) -o $@ $^
STRIPPED := $(TOOLS_ELF) $(FAMILY_ELF) $(EXECUTED)

$(TOOLS_ELF:$(P)/%=$(P)/symbols/%): $(P)/symbols/bin/%: $(START) $(P)/user/bin/%.o $(TOOLS) $(LIBC)
	$(call link_elf,--defsym=main=$*_main)

$(FAMILY_ELF:$(B)/%=$(B)/symbols/%): $(B)/symbols/bin/%: $(START) $(P)/user/bin/%.o $(TOOLS) $(LAB_LIBC) $(LIBC)
	$(call link_elf,--defsym=main=$*_main)

$(patsubst $(P)/%,$(P)/symbols/%,$(filter $(P)/%,$(EXECUTED))): $(P)/symbols/exec/%: $(START) \
                         $$(call program_objects,user/$$*) $(LIBC)
	$(call link_elf)

$(patsubst $(B)/%,$(B)/symbols/%,$(filter-out $(P)/%,$(EXECUTED))): $(B)/symbols/exec/%: $(START) \
                         $$(call program_objects,user/$$*) $(LAB_LIBC) $(LIBC)
	$(call link_elf)

$(filter $(P)/%,$(STRIPPED)): $(P)/%: $(P)/symbols/%
	$(Q)mkdir -p "$(@D)" && $(OBJCOPY) --strip-all $< $@

$(filter-out $(P)/%,$(STRIPPED)): $(B)/%: $(B)/symbols/%
	$(Q)mkdir -p "$(@D)" && $(OBJCOPY) --strip-all $< $@

# Files that elf_check must refuse, and such as it must not; with the folder goes what it no longer holds.
$(P)/elf/made: tools/elf_file.py tools/elf_files.py
	$(Q)rm -rf "$(@D)" && $(PY) tools/elf_files.py "$(@D)" && touch $@

$(P)/bytes/%: $$(call source,user/bytes/%.asm) Makefile
	$(Q)mkdir -p "$(@D)" && $(NASM) -f bin -o $@ $<

# For init: what it may use. A lab's file that is not finished still calls lab_missing.
$(LAB_STATE): $(LAB_OBJECTS) $(LAB_LIBC_OBJECTS) Makefile
	$(Q)mkdir -p "$(@D)" && { echo "LAB=$(LAB)"; $(NM) -A -u $(LAB_OBJECTS) $(LAB_LIBC_OBJECTS) | \
	    sed -n 's,^$(B)/\(labs/[^:]*\)\.o:.* lab_\(missing\|unwritten\)$$,\1.c,p' | uniq; } > $@

$(INITRD): $(PROGRAMS) $(SCRIPTS) $(LAB_STATE) $(INITRD_ELF) tools/mkinitrd.py Makefile
	$(call say,INITRD,$@)
	$(Q)$(PY) tools/mkinitrd.py $@ $(INITRD_FILES)

-include $(foreach folder,$(wildcard $(B) $(G) $(L) $(P)),$(shell find $(folder) -name '*.d'))

# The benchmark: one freestanding program that also runs on Linux, as the initial program.
BENCH_FLAGS := -std=gnu11 -O2 -ffreestanding -fno-pic -fno-pie -mgeneral-regs-only \
               -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables
BENCH_INITRD := $(B)/bench/initrd.cpio

$(B)/bench/bench.o $(B)/bench/tiny.o: $(B)/bench/%.o: bench/%.c Makefile
	$(call say,CC,"$< (user)")
	$(Q)mkdir -p "$(@D)" && $(CC) $(BENCH_FLAGS) -c -o $@ $<

$(B)/bench/bench.flat: %.flat: %.o $(P)/lib/c/$(ARCH)/flat_header.asm.o user/flat.ld
	$(Q)$(LINK) -T user/flat.ld -o $(@:.flat=.elf) $(filter %.o,$^) && \
	    $(OBJCOPY) -O binary $(@:.flat=.elf) $@

# What it executes: about a kilobyte, or, if its argument is tiny=/large, that and a mebibyte.
$(B)/bench/large.o: bench/large.asm
	$(Q)mkdir -p "$(@D)" && $(NASM) -f elf64 -o $@ $<

$(B)/bench/large: $(B)/bench/large.o
$(B)/bench/tiny $(B)/bench/large: $(B)/bench/tiny.o
	$(Q)$(LINK) -s -z noseparate-code -o $@ $^

$(BENCH_INITRD): $(B)/bench/bench.flat $(B)/bench/tiny $(B)/bench/large
	$(Q)$(PY) tools/mkinitrd.py $@ init=$< tiny=$(B)/bench/tiny large=$(B)/bench/large

# ---- Commands --------------------------------------------------------------------------------
MAKE_QUIETLY = $(MAKE) --no-print-directory
# Builds with a job for each processor, unless there was a -j. What one job says stays together: make
# holds it back, so that the compiler no longer sees whether it writes to a terminal.
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
COLOUR_IF_SEEN = $(if $(shell [ -t 2 ] && echo yes),COLOUR=-fdiagnostics-color=always)
BUILD = $(PY) tools/locked.py build/.lock $(MAKE_QUIETLY) $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(JOBS) -Otarget \
            $(COLOUR_IF_SEEN))
grade_options = --lab $(LAB) --solved $(SOLVED_grade) $(if $(TEST),--test "$(TEST)") $(if $(SEED),--seed $(SEED)) \
                $(if $(JSON),--json "$(JSON)") $(if $(JUNIT),--junit "$(JUNIT)")
TRACE_FILE := build/trace.txt
MIRROR := $(filter serial,$(TRACE))
# Where a debugger that somebody else starts, such as an editor, finds the kernel and its socket.
GDB_DIR ?= build/debug
boot_options = --kernel $(KERNEL) --initrd "$(or $(ARCHIVE),$(INITRD))" \
               --append "$(APPEND)" $(if $(CPUS),--cpus $(CPUS)) \
               $(if $(MIRROR),--trace-serial $(TRACE_FILE)) \
               $(if $(filter 1,$(GDB)),--offer "$(GDB_DIR)")

.PHONY: help demo run grade watch kernel image programs gdb replay tour test test-full soak coverage coverage-run mutants \
        memmap oracle bench bench-image bench-run start skeletons doctor format lint check-portable clean \
        setup-demo setup-gdb setup-test boot gdbserver compile_commands.json

help:
	@cat tools/help.txt

setup-demo setup-gdb setup-test: setup-%:
	@tools/setup.sh $*

image: $(KERNEL) $(INITRD)
	@:

kernel: setup-demo
	+@$(BUILD) image && echo $(KERNEL)

# The tools as ELF files; prints their folder. The system calls are Linux's: they run there, too.
programs: setup-demo
	+@$(BUILD) $(TOOLS_ELF) && echo $(P)/bin

# Builds and boots one configuration, quietly unless the build fails or takes long.
boot: setup-demo
	+@$(BUILD) image
	@$(PY) -m grade boot $(boot_options)

demo:
	+@$(MAKE_QUIETLY) boot LAB=$(HIGHEST) SOLVED=$(SOLVED_demo)

run:
	+@$(MAKE_QUIETLY) boot SOLVED=$(SOLVED_run)

grade: setup-demo
	@$(PY) -m grade run $(grade_options)

watch: setup-demo
	@$(PY) -m grade watch --lab $(LAB) --solved $(SOLVED_grade) $(if $(TEST),--test "$(TEST)")

ifdef TEST
gdb gdbserver: SOLVED_gdb := $(SOLVED_grade)
else
gdb gdbserver: SOLVED_gdb := $(SOLVED_run)
endif
gdb: HOW := --gdb
gdbserver: HOW := --gdbserver "$(GDB_DIR)"
gdb gdbserver: setup-gdb
	+@$(BUILD) image SOLVED=$(SOLVED_gdb)
	@$(PY) -m grade boot $(HOW) $(if $(TEST),--icount --test "$(LAB)/$(TEST)" $(if $(SEED),--seed $(SEED))) \
	    --kernel $(call folder_for,$(SOLVED_gdb))/tine.elf \
	    --initrd $(call folder_for,$(SOLVED_gdb))/initrd.cpio \
	    $(if $(CPUS),--cpus $(CPUS)) $(if $(APPEND),--append "$(APPEND)")

# Runs a test that has failed again, as it was then: nothing is built.
replay: setup-gdb
	@$(PY) -m grade replay --test "$(LAB)/$(TEST)" $(if $(SEED),--seed $(SEED))

# TOUR=name goes through one, SOLVED=k with labs above k as you have written them; without, lists them.
tour: setup-gdb
	@$(PY) -m grade tour $(TOUR) $(if $(filter command line,$(origin LAB)),--lab $(LAB)) \
	    $(if $(filter file,$(origin SOLVED)),,--solved $(SOLVED)) \
	    $(if $(OVERLAY),--overlay "$(OVERLAY)") $(if $(BATCH),--batch)

# One worker more than there are processors: tests also wait.
TEST_CHOICE_test-full := -m "not soak"
TEST_CHOICE_soak := -m soak
test test-full soak: setup-test
	@py=$$(tools/python.sh test) && "$$py" -m pytest -n $$(($(JOBS) + 1)) $(TEST_CHOICE_$@) tests

# Which lines of the kernel random system calls reach.
coverage: setup-demo
	+@$(BUILD) image LAB=$(HIGHEST) SOLVED=$(SOLVED_demo)
	+@$(MAKE_QUIETLY) coverage-run LAB=$(HIGHEST) SOLVED=$(SOLVED_demo)

coverage-run:
	@$(PY) tools/coverage.py --boot "init=/tests/abuse/fuzz trace=none $(APPEND)" $(if \
	    $(MISSING),--missing "$(MISSING)") $(KERNEL)

mutants: setup-demo
	@$(PY) -m grade mutants $(if $(filter command line,$(origin LAB)),--lab $(LAB))

# Who maps which frame, wherever the test's program stops for the reader outside.
memmap: setup-demo
	@$(PY) -m grade memmap --test "$(LAB)/$(TEST)" --solved $(SOLVED_grade)

oracle: setup-test
	@$(PY) -m grade oracle $(if $(filter command line,$(origin LAB)),--lab $(LAB))

bench-image: $(KERNEL) $(BENCH_INITRD)
	@:

# Instructions, without checks, beside Linux's figures. BENCH_CHECKS=1: with the checks. LAB=n: as
# lab n leaves it. MAXMB=n: no process is larger.
bench: setup-demo
	+@$(BUILD) bench-image SOLVED=$(SOLVED_demo) CHECKS=$(or $(BENCH_CHECKS),0)
	+@$(MAKE_QUIETLY) bench-run SOLVED=$(SOLVED_demo) CHECKS=$(or $(BENCH_CHECKS),0)

bench-run:
	@$(PY) -m bench.run $(KERNEL) $(BENCH_INITRD) bench/reference/linux-icount.1.log $(MAXMB)

# For clangd and its like. Files of labs after LAB are not in it, nor such as have yet to be written. DATABASE=f
# writes f instead.
compile_commands.json: setup-demo
	@$(PY) tools/compile_commands.py "$(or $(DATABASE),$@)" none $(LAB) -- $(firstword $(MAKE)) --no-print-directory \
	    image bench-image LAB=$(LAB) CHECKS=$(CHECKS) OVERLAY="$(OVERLAY)"

start:
	@$(PY) tools/start.py "$(DIR)"

skeletons:
	@FORCE="$(FORCE)" $(PY) tools/skeletons.py $(if $(FILE),--file "$(FILE)")

doctor:
	@$(PY) tools/doctor.py

C_FILES = $(shell git ls-files -co --exclude-standard '*.c' '*.h')
format: setup-test
	$(Q)clang-format -i $(C_FILES)

LINT_FLAGS := -std=gnu17 -ffreestanding $(WARNINGS)
lint: setup-test
	@KCFLAGS='$(LINT_FLAGS) $(KERNEL_DEFINES) $(LAB_DEFINE) $(KERNEL_INCLUDES)' \
	 UCFLAGS='$(LINT_FLAGS) -D__tine__ $(USER_INCLUDES)' tools/lint.sh $(CHECK)

# Compiles, but does not link, all that claims to be neutral, for another architecture.
PORTABLE_CC ?= $(firstword $(foreach p,aarch64-linux-gnu- aarch64-elf-,$(shell command -v $(p)gcc)))
PORTABLE_C := $(filter-out kern/arch/%,$(KERNEL_C)) $(wildcard solutions/*/*.c)
check-portable: setup-test
	$(Q)for file in $(PORTABLE_C); do \
	    $(PORTABLE_CC) -std=gnu17 -O2 -ffreestanding -fsyntax-only $(WARNINGS) -Werror \
	        $(KERNEL_DEFINES) $(LAB_DEFINE) -Ikern -Ikern/arch/portable/include -Ilib "$$file" || exit 1; \
	done
	@echo "$(words $(PORTABLE_C)) files are portable"

clean:
	$(Q)rm -rf build
