# SPDX-License-Identifier: MIT
"""The grader: boots the kernel once for each test and judges what the machine did.

Read in this order: cli (what can be asked), runner (one lab, from sources to a verdict),
machine (one QEMU), reader and events (what the machine's memory says), spec and match (what a
test demands), verdict and report (what the student is told).
"""
