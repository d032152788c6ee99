# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person would see on a terminal of the kind "xterm", made from the bytes it was sent.

It is strict: what a program like top has no reason to send is an error, above all a control
character that is none of terminfo's description.
"""
import re

TOKEN = re.compile(rb"\x1b\[(?P<mark>\??)(?P<numbers>[0-9;]*)(?P<final>[@-~])"
                   rb"|\x1b(?P<escape>\(B|[=>M])|(?P<control>[\r\n\b\t\a])|(?P<text>[ -~]+)")
UNFINISHED = re.compile(rb"\x1b(\[[?0-9;]*|\()?\Z")
MODES = {1: "keypad", 7: "wraps", 12: "blinks", 25: "cursor", 1049: "page"}


class Screen:
    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.rest = b""
        self.grid = self.blank()
        self.row = self.column = 0
        self.is_reverse = False
        self.region = None
        self.mode = {"keypad": False, "wraps": True, "blinks": False, "cursor": True,
                     "page": False}
        self.kept = None  # the first page, while the other one is shown
        self.pages = 0  # how often the other one was taken

    def blank(self):
        return [[" "] * self.columns for _ in range(self.rows)]

    def lines(self):
        return ["".join(line).rstrip() for line in self.grid]

    def is_given_back(self):
        """Nothing that would be in the way of what comes next."""
        return (self.mode == {"keypad": False, "wraps": True, "blinks": False, "cursor": True,
                              "page": False}
                and not self.is_reverse and self.region in (None, (0, self.rows - 1))
                and self.rest == b"")

    def resize(self, rows, columns):
        old, self.rows, self.columns, self.region = self.grid, rows, columns, None
        self.grid = self.blank()
        for line, before in zip(self.grid, old):
            line[:] = (before + [" "] * columns)[:columns]
        self.row, self.column = min(self.row, rows - 1), min(self.column, columns - 1)

    def feed(self, data):
        data, self.rest, at = self.rest + data, b"", 0
        while at < len(data):
            found = TOKEN.match(data, at)
            if not found and UNFINISHED.match(data, at):
                self.rest = data[at:]
                return
            if not found:
                raise AssertionError(f"not for a terminal: {data[at:at + 40]!r}")
            self.take(found)
            at = found.end()

    def take(self, found):
        if found["text"]:
            for byte in found["text"]:
                self.put(chr(byte))
        elif found["control"]:
            self.control(found["control"])
        elif found["escape"]:
            self.escape(found["escape"])
        else:
            numbers = [int(n or 0) for n in found["numbers"].decode().split(";")]
            self.sequence(found["mark"].decode() + found["final"].decode(), numbers)

    # ---- what is sent

    def put(self, character):
        if self.column == self.columns and self.mode["wraps"]:
            self.column = 0
            self.down()
        self.column = min(self.column, self.columns - 1)
        self.grid[self.row][self.column] = character
        self.last = character
        self.column += 1

    def down(self):
        first, last = self.region or (0, self.rows - 1)
        if self.row == last:
            del self.grid[first]
            self.grid.insert(last, [" "] * self.columns)
        else:
            self.row = min(self.row + 1, self.rows - 1)

    def up(self):
        first, last = self.region or (0, self.rows - 1)
        if self.row == first:
            del self.grid[last]
            self.grid.insert(first, [" "] * self.columns)
        else:
            self.row = max(self.row - 1, 0)

    def control(self, byte):
        self.column = min(self.column, self.columns - 1)
        if byte == b"\r":
            self.column = 0
        elif byte == b"\n":
            self.down()
        elif byte == b"\b":
            self.column = max(self.column - 1, 0)
        elif byte == b"\t":
            self.column = min(self.column // 8 * 8 + 8, self.columns - 1)

    def escape(self, word):
        if word in b"=>":
            self.mode["keypad"] = word == b"="
        elif word == b"M":
            self.up()

    def sequence(self, name, numbers):
        first = max(numbers[0], 1)
        if name in ("?h", "?l"):
            for number in numbers:
                self.switch(MODES[number], name == "?h")
        elif name == "m":
            for number in numbers:
                self.is_reverse = {0: False, 7: True, 27: False}[number]
        elif name in self.MOVES:
            self.column = min(self.column, self.columns - 1)
            self.MOVES[name](self, first, max((numbers + [1])[1], 1))
            self.row = min(max(self.row, 0), self.rows - 1)
            self.column = min(max(self.column, 0), self.columns - 1)
        elif name in self.CHANGES:
            self.column = min(self.column, self.columns - 1)
            self.CHANGES[name](self, numbers[0], first)
        elif name == "r":
            self.region = (first - 1, (numbers[1] if len(numbers) > 1 else self.rows) - 1)
            self.row = self.column = 0
        elif name == "b":
            for _ in range(first):
                self.put(self.last)
        # Insert mode off; the title kept and given back.
        elif (name, numbers) not in (("l", [4]), ("t", [22, 0, 0]), ("t", [23, 0, 0])):
            raise AssertionError(f"no sequence of top's: CSI {numbers} {name}")

    def switch(self, name, is_on):
        if name == "page" and is_on != self.mode["page"]:
            if is_on:
                self.kept, self.grid = (self.grid, self.row, self.column), self.blank()
                self.pages += 1
            else:
                self.grid, self.row, self.column = self.kept
                self.resize(self.rows, self.columns)
        self.mode[name] = is_on

    def move_to(self, row, column):
        self.row, self.column = row - 1, column - 1

    def move_by(self, rows, columns):
        self.row, self.column = self.row + rows, self.column + columns

    MOVES = {
        "H": lambda s, row, column: s.move_to(row, column),
        "d": lambda s, row, _: s.move_to(row, s.column + 1),
        "G": lambda s, column, _: s.move_to(s.row + 1, column),
        "A": lambda s, n, _: s.move_by(-n, 0),
        "B": lambda s, n, _: s.move_by(n, 0),
        "C": lambda s, n, _: s.move_by(0, n),
        "D": lambda s, n, _: s.move_by(0, -n),
    }

    def clear(self, first, last):
        """Places counted through all rows, `last` not among them."""
        for at in range(max(first, 0), last):
            self.grid[at // self.columns][at % self.columns] = " "

    def clear_part(self, what, begin, end):
        at = self.row * self.columns + self.column
        self.clear(*{0: (at, end), 1: (begin, at + 1), 2: (begin, end)}[what])

    def change_line(self, removed, added):
        """Columns from the cursor on."""
        line, at = self.grid[self.row], self.column
        line[at:] = ([" "] * added + line[at + removed:] + [" "] * removed)[:self.columns - at]

    def change_rows(self, row, removed, added):
        last = (self.region or (0, self.rows - 1))[1] + 1
        size = last - row
        self.grid[row:last] = ([[" "] * self.columns for _ in range(added)]
                               + self.grid[row + removed:last]
                               + [[" "] * self.columns for _ in range(removed)])[:size]

    CHANGES = {
        "J": lambda s, what, _: s.clear_part(what, 0, s.rows * s.columns),
        "K": lambda s, what, _: s.clear_part(what, s.row * s.columns, (s.row + 1) * s.columns),
        "X": lambda s, _, n: s.clear(s.row * s.columns + s.column,
                                     s.row * s.columns + min(s.column + n, s.columns)),
        "P": lambda s, _, n: s.change_line(min(n, s.columns - s.column), 0),
        "@": lambda s, _, n: s.change_line(0, n),
        "M": lambda s, _, n: s.change_rows(s.row, n, 0),
        "L": lambda s, _, n: s.change_rows(s.row, 0, n),
        "S": lambda s, _, n: s.change_rows((s.region or (0, 0))[0], n, 0),
        "T": lambda s, _, n: s.change_rows((s.region or (0, 0))[0], 0, n),
    }
