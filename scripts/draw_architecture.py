"""Draw docs/images/architecture.svg from the code: `scripts/draw_architecture.py`.

Rows are the layers of the first contract in pyproject.toml, boxes its packages with the first
sentence of their docstrings, and arrows the imports between them. An import that a chain of other
arrows shows already is left out. A test draws it again and compares.
"""

import ast
import html
import sys
import textwrap
import tomllib
from pathlib import Path

import grimp
import networkx

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
GROUND = 4  # lowest layers: small modules that all may use, drawn as one box without arrows

WIDTH, ROW, BOX_HEIGHT, GAP = 1120, 118, 74, 24
STYLE = (
    "text{font-family:system-ui,sans-serif;fill:#1c2422}.name{font-size:15px;font-weight:600}"
    ".about{font-size:11px;fill:#56615e}.box{fill:#fff;stroke:#1d5247}.ground{fill:#f3f5f4}"
    "path{fill:none;stroke:#7d8f8a;stroke-width:1.1}"
)


def layers() -> list[list[str]]:
    """Return the packages and modules of each layer, the highest layer first."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = config["tool"]["importlinter"]["contracts"][0]
    rows = [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
    return [[name for name in row if name != "__main__"] for row in rows if row != ["__main__"]]


def imports(names: list[str]) -> list[tuple[str, str]]:
    """Return pairs of packages: the first imports the second, but not also through others."""
    modules = grimp.build_graph("bot", exclude_type_checking_imports=True)
    for name in names:
        modules.squash_module(f"bot.{name}")
    packages = networkx.DiGraph()
    for name in names:
        for imported in modules.find_modules_directly_imported_by(f"bot.{name}"):
            other = imported.removeprefix("bot.")
            if other in names and other != name:
                packages.add_edge(name, other)
    return sorted(networkx.transitive_reduction(packages).edges)


def picture() -> str:
    """Return the architecture as SVG."""
    rows = layers()
    upper, ground = rows[:-GROUND], [name for row in rows[-GROUND:] for name in row]
    boxes: dict[str, tuple[float, float, float]] = {}
    shapes, arrows = [], []
    for number, row in enumerate(upper):
        width = min(330, (WIDTH - GAP * (len(row) + 1)) / len(row))
        left = (WIDTH - width * len(row) - GAP * (len(row) - 1)) / 2
        for place, name in enumerate(row):
            # A single box in a row is moved off the middle, so that arrows do not overlap.
            shift = (-1) ** number * 170 if len(row) == 1 else 0
            boxes[name] = (left + place * (width + GAP) + shift, 20 + number * ROW, width)
    for name, (x, y, width) in boxes.items():
        shapes.append(_box(name, x, y, width))
    for source, target in imports([name for row in upper for name in row]):
        arrows.append(_arrow(boxes[source], boxes[target]))
    bottom = 20 + len(upper) * ROW
    names = ", ".join(sorted(ground))
    shapes.append(
        f'<rect class="box ground" x="20" y="{bottom}" width="{WIDTH - 40}" height="56" rx="8"/>'
        f'<text class="name" x="34" y="{bottom + 24}">ground floor: modules that all may use</text>'
        f'<text class="about" x="34" y="{bottom + 43}">{html.escape(names)}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 76}">\n'
        f"<title>Packages of the bot and their imports, each pointing down</title>\n"
        f"<style>{STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10"/></marker></defs>\n'
        f'<rect width="{WIDTH}" height="{bottom + 76}" fill="#fff"/>\n'
        + "\n".join([*arrows, *shapes])
        + "\n</svg>\n"
    )


def _box(name: str, x: float, y: float, width: float) -> str:
    lines = [f'<text class="name" x="{x + 12:.0f}" y="{y + 21:.0f}">bot/{name}</text>']
    for number, line in enumerate(textwrap.wrap(_about(name), int(width / 6.2))[:3]):
        place = f'x="{x + 12:.0f}" y="{y + 38 + 14 * number:.0f}"'
        lines.append(f'<text class="about" {place}>{html.escape(line)}</text>')
    size = f'width="{width:.0f}" height="{BOX_HEIGHT}"'
    return f'<rect class="box" x="{x:.0f}" y="{y:.0f}" {size} rx="8"/>' + "".join(lines)


def _arrow(source: tuple[float, float, float], target: tuple[float, float, float]) -> str:
    (x, y, width), (to_x, to_y, to_width) = source, target
    share = 0.5 + max(-0.4, min(0.4, (to_x + to_width / 2 - x - width / 2) / 900))
    start, end = f"{x + width * share:.0f}", f"{to_x + to_width * (1 - share):.0f}"
    top, middle = y + BOX_HEIGHT, f"{(y + BOX_HEIGHT + to_y) / 2:.0f}"
    curve = f"M{start} {top:.0f}C{start} {middle} {end} {middle} {end} {to_y - 2:.0f}"
    return f'<path d="{curve}" marker-end="url(#tip)"/>'


def _about(name: str) -> str:
    """Return the first sentence of a package's docstring."""
    path = ROOT / "bot" / name
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return docstring.split("\n\n")[0].split(". ")[0].rstrip(".").replace("``", "")


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    sys.exit(0)
