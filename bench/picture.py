# SPDX-License-Identifier: GPL-2.0-or-later
"""A table as a picture: one bar a row, a thin line from p10 to p90. SVG, written by hand."""
from xml.sax.saxutils import escape

LEFT, WIDE, RIGHT, HIGH, TOP = 230, 480, 150, 22, 46
REACH = 1.15  # a line may go so far past the longest bar; the figures stand right of it
OURS, OTHERS, LINE = "#1f6f8b", "#b8c4cc", "#333333"


def bars(table):
    rows = [row for row in table.rows if row.get(table.bar) is not None]
    most = max([row[table.bar] for row in rows], default=1) or 1
    heading, form = table.columns[table.bar]
    height = TOP + HIGH * len(rows) + 12
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDE + RIGHT}" '
             f'height="{height}" font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="8" y="18" font-size="14">{escape(table.title)}</text>',
             f'<text x="{LEFT}" y="36" fill="#666">{escape(heading)}</text>']
    for number, row in enumerate(rows):
        y, value = TOP + HIGH * number, row[table.bar]
        size = WIDE * value / most
        colour = OURS if row["name"].startswith("husk") else OTHERS
        lines.append(f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">'
                     f'{escape(row["name"])}</text>')
        lines.append(f'<rect x="{LEFT}" y="{y + 2}" width="{size:.1f}" height="{HIGH - 6}" '
                     f'fill="{colour}"/>')
        lines += spread(row, y, most) if table.bar == "median" else []
        lines.append(f'<text x="{LEFT + WIDE * REACH + 8:.0f}" y="{y + 14}">'
                     f'{value:{form}}</text>')
    return "\n".join(lines + ["</svg>"]) + "\n"


def spread(row, y, most):
    if row.get("p90") is None:
        return []
    first, last = (LEFT + WIDE * min(row.get(key, row["median"]) / most, REACH)
                   for key in ("p10", "p90"))
    return [f'<line x1="{first:.1f}" y1="{y + HIGH / 2:.1f}" x2="{last:.1f}" '
            f'y2="{y + HIGH / 2:.1f}" stroke="{LINE}"/>']
