#!/bin/sh
# SPDX-License-Identifier: MIT
#
# gdb.sh [ARGUMENT...]: becomes the GDB that knows the x86-64, with these arguments.
#
# On x86-64 Linux that is the system's own. Elsewhere the system's own may know only its own
# processor, so the others come first, and each one is asked.
# Exit status: GDB's; 2 there is none.
set -u

case $(uname -sm) in
'Linux x86_64' | 'Linux amd64') choices='gdb gdb-multiarch' asked=no ;;
*) choices='x86_64-elf-gdb gdb-multiarch gdb' asked=yes ;;
esac

knows_x86_64() {
    case $("$1" -nx -batch -ex 'set architecture i386:x86-64' -ex 'show architecture' 2>&1) in
    *'"i386:x86-64"'*'"i386:x86-64"'*) return 0 ;;
    esac
    return 1
}

for gdb in $choices; do
    command -v "$gdb" >/dev/null 2>&1 || continue
    if [ $asked = no ] || knows_x86_64 "$gdb"; then
        exec "$gdb" "$@"
    fi
done
echo 'there is no GDB that knows the x86-64; "make doctor" says what to install' >&2
exit 2
