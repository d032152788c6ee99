# SPDX-License-Identifier: GPL-2.0-or-later
"""seccomp programs: the floor's, read back from a process, and what they say of each call.

Source: seccomp(2), linux/filter.h, ptrace(2) PTRACE_SECCOMP_GET_FILTER.
"""
import ctypes
import os
import struct

LOAD, JUMP_EQUAL, JUMP_MORE, JUMP_AT_LEAST, JUMP_BITS, JUMP, RETURN, AND = (
    0x20, 0x15, 0x25, 0x35, 0x45, 0x05, 0x06, 0x54)
ALLOW, ERRNO, KILL_PROCESS, KILL_THREAD = 0x7fff0000, 0x00050000, 0x80000000, 0
EPERM, ENOSYS = 1, 38
X86_64, I386, OTHER = 0xC000003E, 0x40000003, 0xC00000B7
X32_BIT = 0x40000000
NUMBERS = [*range(700), *range(X32_BIT, X32_BIT + 700), 0xFFFFFFFF]

SEIZE, INTERRUPT, DETACH, GET_FILTER = 0x4206, 0x4207, 17, 0x420C
WALL = 0x40000000  # __WALL of waitpid(2)


def ranges(numbers):
    """[first, past the last) of each run of numbers."""
    found = []
    for number in sorted(numbers):
        if found and found[-1][1] == number:
            found[-1][1] = number + 1
        else:
            found.append([number, number + 1])
    return found


def assemble(numbers):
    """A program that allows these calls of x86-64, refuses the others, kills on other machines.

    A call newer than all of them is answered as one that the kernel does not have: a program
    then does without it. -1 is a call that a tracer has skipped.
    """
    head = [(LOAD, 0, 0, 4), (JUMP_EQUAL, 1, 0, X86_64), (RETURN, 0, 0, KILL_THREAD),
            (LOAD, 0, 0, 0), (JUMP_AT_LEAST, 0, 3, X32_BIT), (JUMP_EQUAL, 1, 0, 0xFFFFFFFF),
            (RETURN, 0, 0, KILL_THREAD), (RETURN, 0, 0, ERRNO | EPERM)]
    edges, verdicts = [], [ERRNO | EPERM]
    for first, past in ranges(numbers):
        if first:
            edges.append(first)
            verdicts.append(ALLOW)
        else:
            verdicts[-1] = ALLOW
        edges.append(past)
        verdicts.append(ERRNO | EPERM)
    verdicts[-1] = ERRNO | ENOSYS
    return b"".join(struct.pack("<HBBI", *step) for step in head + search(edges, verdicts))


def search(edges, verdicts):
    """Between two edges, or outside of them, one verdict holds: found by halving."""
    if not edges:
        return [(RETURN, 0, 0, verdicts[0])]
    half = len(edges) // 2
    below = search(edges[:half], verdicts[:half + 1])
    above = search(edges[half + 1:], verdicts[half + 1:])
    far = [(JUMP, 0, 0, len(below))] if len(below) > 255 else []
    jump = (JUMP_AT_LEAST, 0, 1, edges[half]) if far else (JUMP_AT_LEAST, len(below), 0,
                                                            edges[half])
    return [jump, *far, *below, *above]


def ptrace(request, pid, address, data):
    call = ctypes.CDLL(None, use_errno=True).ptrace
    call.restype = ctypes.c_long
    call.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    return call(request, pid, address, data)


def read(pid):
    """All programs of a process, each as the list of its steps; the newest first."""
    if ptrace(SEIZE, pid, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), f"ptrace of {pid}")
    programs = []
    try:
        ptrace(INTERRUPT, pid, 0, 0)
        os.waitpid(pid, WALL)
        while (count := ptrace(GET_FILTER, pid, len(programs), 0)) > 0:
            room = ctypes.create_string_buffer(8 * count)
            ptrace(GET_FILTER, pid, len(programs), ctypes.addressof(room))
            programs.append(list(struct.iter_unpack("<HBBI", room.raw)))
    finally:
        ptrace(DETACH, pid, 0, 0)
    return programs


def verdict(program, data):
    """What the program returns for a struct seccomp_data, given as {offset: word}."""
    at, held = 0, 0
    while True:
        code, if_true, if_false, value = program[at]
        at += 1
        if code == RETURN:
            return value
        if code == LOAD:
            held = data.get(value, 0)
        elif code == JUMP:
            at += value
        elif code == AND:
            held &= value
        else:
            holds = {JUMP_EQUAL: held == value, JUMP_MORE: held > value,
                     JUMP_AT_LEAST: held >= value, JUMP_BITS: held & value != 0}[code]
            at += if_true if holds else if_false


def verdicts(programs):
    """{verdict: its calls as ranges} for each machine; without a program there are none."""
    told = {}
    for machine in (X86_64, I386, OTHER):
        sorted_out = {}
        for number in NUMBERS:
            worst = min((verdict(program, {0: number, 4: machine}) for program in programs),
                        key=rank, default=ALLOW)
            sorted_out.setdefault(worst, []).append(number)
        told[hex(machine)] = {hex(value): ranges(calls) for value, calls in sorted_out.items()}
    return told


def rank(value):
    """The kernel takes the least as a signed number of the action."""
    action = value & 0xFFFF0000
    return action - (1 << 32) if action & 0x80000000 else action
