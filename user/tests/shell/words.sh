#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=all
# Sections: each is a script of its own, and prints the same in any shell of POSIX. All of them can also run one
# after the other, in a directory to which they may write.

# ---- quotes
echo 'a  b' "c  d" e\ f g\'h "i'j" 'k"l'
echo "a\$b \" \` \z" 'a$b'
printf '%s\n' "\\" '\' \\ "a\b" 'a\b'
echo ''"" x'' '' "" y
echo "one
two" 'three
four'
echo con\
tinued "in quo\
tes" 'not\
here'
printf '<%s>' "" '' a"" ; echo

# ---- variables
a=1 b='x  y' c=
echo $a "$b" $b [$c] [$nothing] "[$nothing]"
echo ${a}b ${b} "${b}" $a$a ${c:-empty} ${c-set} ${nothing-unset} ${nothing:-null}
a=$b; echo "$a"; a=$b$b; echo "$a"
d=$nothing$c; echo "[$d]"
x=1; y=$x; x=2; echo $y$x
echo $ "$" a$ '$'a "$ b" $%
name_1=under; echo $name_1 ${name_1}_2 $name_1-
unset a; echo ${a-gone}
a=keep; a=other true; echo $a
A=1; a=2; echo $A $a; _=3 _x=4; echo $_x

# ---- defaults and alternatives
unset u; n=; s=set
echo ${u-1} ${u:-2} ${n-3} ${n:-4} ${s-5} ${s:-6}
echo ${u+1} ${u:+2} ${n+3} ${n:+4} ${s+5} ${s:+6}
echo ${u=assigned} $u ${n:=filled} $n
unset u; echo "${u:-a  b}" ${u:-a  b} ${u:-'e  f'} ${u:-"g  h"}
echo ${u:-$s${s}} ${u:-`echo back`} ${u:-$(echo sub)} "${u:-\}}" ${u:-\}}
for i in ${u:-a b "c d"} "${u:-e f}"; do echo "[$i]"; done
for i in ${u-} "${u-}" ${u+x} "${u+x}"; do echo "[$i]"; done
(unset x; : ${x?no x}; echo not reached) 2>/dev/null; echo $?
(x=; : ${x:?}; echo not reached) 2>/dev/null; echo $?
set -- p q; echo ${1+"$@"} ${3+"$@"} ${3-none} ${#} ${#1} ${#s}

# ---- cutting
p=/usr/local/lib/libc.so.6
echo ${p##*/} ${p#*/} ${p%/*} ${p%%/*} ${p%%.*} ${p%.*} ${p#/usr} ${p%nothing}
echo ${p%"/*"} "${p%/*}" "${p#"/usr"}" ${p#[/]} ${p##[!u]*}
star='*'; q='a*b*c'; echo "${q%$star*}" "${q%"$star"*}" "${q#*"$star"}" "${q##*\*}"
e=; echo "[${e%x}]" "[${e#*}]"
echo ${#p} ${#e}

# ---- splitting
t='	'; v="  a  b${t}c
d  "; set -- $v; echo $# "$1" "$4"
set -- x$v; echo $# "$1"; set -- $v'y'; echo $# "$5"; set -- "$v"; echo $#
IFS=:; w=a:b::c:; set -- $w; echo $# "$3" "$4"; echo "$w" $w
w=:a; set -- $w; echo $# "[$1]"
IFS=' :'; w='a : b :: c  d:'; set -- $w; for i; do echo "[$i]"; done
IFS=; w='a b'; set -- $w; echo $#
unset IFS; set -- $w; echo $#
IFS=-; set -- 1 2 3; echo "$*" "$@"; x="$*"; echo "$x"
unset IFS
set -- 'a b' c; for i in "$@"; do echo "<$i>"; done; for i in $@; do echo "<$i>"; done
for i in "$*"; do echo "<$i>"; done; for i in pre"$@"post; do echo "<$i>"; done
set --; for i in "$@"; do echo none; done; for i in "x$@"; do echo "<$i>"; done; for i in "$*"; do echo "<$i>"; done
set -- "" x ""; for i in "$@"; do echo "<$i>"; done; for i in $@; do echo "<$i>"; done

# ---- parameters
set -- a b c d e f g h i j k
echo $# $1 $9 ${10} ${11} $10 "[${12}]"
shift; echo $# $1; shift 3; echo $# $1 $*
f() { echo $# "$@"; set -- z; echo $1; }
f 1 2; echo $1; f
set x y; echo $1; set -- -n; printf '%s\n' "$1"
set -- $(echo 1 2 3); echo $3

# ---- commands in words
echo $(echo a; echo b) "$(echo a; echo b)" "$(printf 'x\n\n\n')" [$(true)]
echo $(echo $(echo $(echo deep))) `echo \`echo back\`` "`echo "in quotes"`"
echo "$(echo ")")" $(echo ')' '(') $(case a in a) echo case;; esac) $(case b in (b) echo paren;; esac)
x=$(echo value; exit 3); echo $? $x; y=$(false) z=2; echo $?
echo "$(cat <<E
in a here-document
E
)"
echo $(# a comment
echo after)
a=$(printf 'one  two'); echo $a "$a"
for i in $(echo 1 2 3); do printf %s $i; done; echo
echo "$(echo "$(echo "$(echo 'a  b')")")"
echo $(exit 4) $?; x=$(exit 5) true; echo $?

# ---- arithmetic
echo $((1+2*3)) $(((1+2)*3)) $((7/2)) $((-7/2)) $((7%3)) $((-7%3)) $((1<<4)) $((256>>4))
echo $((1<2)) $((2<=1)) $((3==3)) $((3!=3)) $((5&3)) $((5|3)) $((5^3)) $((~5)) $((!5)) $((!0))
echo $((1&&0)) $((1||0)) $((0&&1/0)) $((1||1/0)) $((1?2:3)) $((0?2:3)) $((0?1/0:4)) $((1 ? 0 ? 1 : 2 : 3))
x=5; echo $((x+1)) $(($x+1)) $((x)) $((x*x)) $(( - x )) $((+x)) $((unset+1))
i=0; i=$((i+1)); i=$((i+1)); echo $i; : $((i+=5)); echo $i; echo $((i=9)) $i $((i*=2)) $((i-=1)) $((i%=4)) $i
echo $((0x1f)) $((010)) $((9223372036854775807)) $((0))
echo $((1+1))$((2+2)) "$((3+3)) $((4+4))" $(( (1+2) * (3+4) )) $((2*(3+4)))
echo $(($(echo 3)+1)) $((${x}0+1)) $((10-2-3)) $((2+3<<1)) $((1|2&3)) $((6/2*3))

# ---- tilde and home
HOME=/somewhere; echo ~ ~/x "~" '~' a~ \~ ~nobody-of-this-name
x=~; echo $x; x=~/y; echo $x; x="~"; echo $x

# ---- names of files
> pat_a; > pat_b; > pat_c1; > .pat_hidden; > 'pat_*'; > 'pat x'; > pat-1
echo pat_*; echo pat_?; echo pat_[ab]; echo pat_[!ab]; echo pat_[a-c]*; echo pat*1; echo .pat*; echo *hidden
echo "pat_*" 'pat_?' pat_\*; echo pat_nothing*; echo [; echo pat_[; echo pat_[]a]
echo pat[_-]*; echo pat_[[:alpha:]]; echo ./pat_?; echo pat_*/nothing; echo pat" "?
x='pat_?'; echo $x "$x"; for i in pat_? pat_none*; do echo "<$i>"; done
set -f; echo pat_*; set +f; echo pat_[ab]
x='*'; echo pat_"$x" pat_c$x; IFS=_; y='pat_c1'; echo $y; unset IFS

# ---- printf
printf '%s-%d-%x\n' a 10 255 b 20 16; printf '%5d|%-5d|%05d\n' 42 42 42; printf '%5s|%-5s|%.2s\n' abc abc abc
printf '%c%c\n' hello world; printf '%%\t\101\n'; printf '%b' 'a\tb\n'; printf 'no newline'; echo
printf '%s\n'; printf '%d\n'; printf '%d %d\n' 0x10 010; printf '%o %u\n' 8 7; printf '[%*d]\n' 4 7
printf '%d\n' "'A"; printf 'x%sy\n' ''; printf '\\ \n'

# ---- test
t() { if test "$@"; then echo yes; else echo no; fi; }
t; t ''; t x; t -n ''; t -n x; t -z ''; t -z x; t a = a; t a = b; t a != b
t 1 -eq 1; t 1 -eq 2; t 01 -eq 1; t 2 -gt 1; t 1 -ge 1; t 1 -lt 0; t 1 -le 1; t -1 -lt 0
t ! x; t ! ''; t x -a ''; t x -o ''; t '(' x ')'; t ! a = b; t ! a = a; t -n; t = ; t = = =; t -f; t ! ; t '!' '!' x
t a = a -a b = b; t a = a -a b = c; t a = b -o b = b; t ! '(' a = b ')'
> test_file; t -f test_file; t -d test_file; t -e test_file; t -s test_file; echo x > test_file; t -s test_file
t -e nothing; t -d .; t -r test_file; t -w test_file; t -x .; t -p test_file; t -h test_file; t -c /dev/null
[ a = a ]; echo $?; [ a = b ]; echo $?; [ a = a 2>/dev/null; echo $?; [ x -eq 1 ] 2>/dev/null; echo $?
