#!/bin/sh
# SPDX-License-Identifier: MIT
# A shell with nothing but built-ins (there is no fork yet), and the pages it touches while it grows.
sum=0
for i in 1 2 3 4 5 6 7 8 9 10; do
    sum=$((sum + i))
done
echo "the sum of 1 to 10 is $sum"

while read -r first rest; do
    case $first in
        \#*) ;;
        *) echo "read: $rest, then $first" ;;
    esac
done <<END
# a comment
one two three
$sum four
END

greet() {
    echo "hello, $1 and $# others" >greeting.out
    return 3
}
greet nobody a b
status=$?
read -r words <greeting.out
echo "a function wrote: $words; it returned $status"

measure() {
    pages >pages.out
    read -r count rest <pages.out
}
measure
before=$count
text=0123456789abcdef
while [ ${#text} -lt 65536 ]; do
    text=$text$text
done
measure
if [ "$count" -ge $((before + 16)) ]; then
    echo "64 KiB of text in a variable: 16 pages more, or some others, too"
else
    echo "64 KiB of text in a variable: only $((count - before)) pages more"
fi
