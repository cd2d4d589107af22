#!/bin/sh
# SPDX-License-Identifier: MIT
# What a shell's user sees of copy-on-write: subshells that change only their own, and memmap, which shows the
# frames of a parent and its child.
# shellcheck disable=SC2030,SC2031 # what looks lost is the point here
x=outside
(
    x=inside
    echo "x is $x"
)
echo "x is $x"
i=0
while [ $i -lt 30 ]; do
    (
        i=$((i + 1))
        exit $i
    )
    i=$?
done
echo "$i subshells, one in the other's footsteps"
deep=$(x=$x,1 && (x=$x,2 && (x=$x,3 && echo "$x")) && echo "$x")
echo "$deep"
memmap
echo "x is $x"
