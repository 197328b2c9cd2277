"""A picture of a terminal's screen: text as text, in whatever monospaced font the reader has."""

from html import escape
from itertools import groupby

SIZE = 14  # of the font
CELL = 8.43  # as wide as a character of most monospaced fonts of that size
LINE = 20
MARGIN = 16
FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,Liberation Mono,monospace"
# On a ground of its own, so that it can be read on a light page and on a dark one.
GROUND, EDGE, TEXT = "#161b22", "#444c56", "#d1d7e0"
COLORS = {
    "black": "#656c76", "red": "#ff7b72", "green": "#7ee787", "brown": "#e3b341", "blue": "#79c0ff", "magenta": "#d2a8ff",
    "cyan": "#76e3ea", "white": "#f0f6fc",
}


def snapshot(screen, height: int) -> list[list]:
    """The cells of the upper rows as they are now."""
    return [[screen.buffer[row][column] for column in range(screen.columns)] for row in range(height)]


def picture(panes: list[list[list]], columns: int, title: str) -> str:
    """Screens below each other, parted by a line, as SVG."""
    width = round(2 * MARGIN + columns * CELL)
    parts, top = [], MARGIN
    for number, rows in enumerate(panes):
        if number:
            parts.append(f'<path d="M0 {top + 6}H{width}" stroke="{EDGE}"/>')
            top += MARGIN
        for row in rows:
            spans = "".join(_spans(row))
            if spans:
                parts.append(f'<text y="{top + 15}">{spans}</text>')
            top += LINE
    height = top + MARGIN - 4
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8" fill="{GROUND}" stroke="{EDGE}"/>',
        f'<g font-family="{FONTS}" font-size="{SIZE}" fill="{TEXT}">',
        *parts,
        "</g>\n</svg>\n",
    ])


def _spans(row: list):
    """Runs of one look, each at its own place: so columns stand below each other in every font."""
    column = 0
    for look, cells in groupby(row, key=_look):
        text = "".join(cell.data for cell in cells)
        start = 0
        while start < len(text):
            # Two blanks or more end a piece.
            gap = text.find("  ", start)
            end = len(text) if gap < 0 else gap
            piece = text[start:end]
            if piece.strip():
                lead = len(piece) - len(piece.lstrip())
                place = MARGIN + (column + start + lead) * CELL
                yield f'<tspan x="{place:.1f}"{_style(look)}>{escape(piece.strip(), quote=False)}</tspan>'
            start = end
            while start < len(text) and text[start] == " ":
                start += 1
        column += len(text)


def _look(cell) -> tuple:
    # Blocks may come from another font, of another width.
    return (cell.fg, cell.bold, cell.data if cell.data in "█░" else "")


def _style(look: tuple) -> str:
    color, is_bold, _ = look
    name = color.removeprefix("bright")
    fill = "" if color == "default" else COLORS.get(name, f"#{color}")
    return (f' fill="{fill}"' if fill else "") + (' font-weight="bold"' if is_bold else "")
