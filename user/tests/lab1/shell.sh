#!/bin/sh
# SPDX-License-Identifier: MIT
# What a shell wants of fork, exit and wait: ( ), |, &, wait, $( ), and $? of everything.
# shellcheck disable=SC2005,SC2030,SC2031,SC2046,SC2116 # what looks needless or lost is the point here
(
    echo one
    echo two
)
x=outside
(
    x=inside
    echo "x is $x"
)
echo "x is $x"
(exit 7)
echo "(exit 7): $?"

echo through a pipe | cat
(echo c && echo a && echo b) | (read -r first && echo "first $first" && cat) | wc -l
true | false
echo "true | false: $?"
false | true
echo "false | true: $?"

(exit 3) &
first=$!
(exit 4) &
wait $!
second_status=$?
wait $first
echo "in the background: $? and $second_status"
(sleep 0.05 && echo late) &
echo early
wait
echo "all have ended: $?"
sleep 100 &
kill -KILL $!
wait $!
echo "killed: $?"

value=$(echo from a child && exit 5)
echo "$value: $?"
deep=$(echo $(echo $(echo $(echo five deep))))
echo "$deep"

# More than a pipe holds, to a reader that goes away.
line=0123456789abcdef
while [ ${#line} -lt 4096 ]; do
    line=$line$line
done
while echo "$line"; do
    :
done | (read -r some && sleep 0.05 && echo "read ${#some} bytes, and left")
# Its parent ends at once: an orphan.
( (sleep 0.05 && echo "an orphan") &)
sleep 0.2
i=0
while [ $i -lt 20 ]; do
    (exit $i) || i=$(($? + 1))
    [ $i -gt 0 ] || i=1
done
echo "children one after the other: $i"
