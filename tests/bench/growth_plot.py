"""The plot of growth.py: seconds over entries and over GiB, both axes logarithmic, so that linear growth is a slope of one."""
import math

WIDTH, HEIGHT, LEFT, TOP, GAP = 330, 260, 52, 34, 70
STYLE = """text{font:12px sans-serif;fill:currentColor}svg{color:#222;background:#fff}.axis{stroke:currentColor;fill:none}
.grid{stroke:currentColor;opacity:.15}.check{stroke:#0a7;fill:none;stroke-width:2}.sign{stroke:#c50;fill:none;stroke-width:2}
@media(prefers-color-scheme:dark){svg{color:#ddd;background:#161616}}"""


class Panel:
    def __init__(self, x, title, points):
        self.x, self.title, self.points = x, title, points
        amounts = [point["amount"] for point in points]
        times = [point[what] for point in points for what in ("check", "sign")]
        self.low_x, self.high_x = math.log10(min(amounts)), math.log10(max(amounts) * 1.0001)
        self.low_y, self.high_y = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))

    def place(self, amount, seconds):
        along = (math.log10(amount) - self.low_x) / max(self.high_x - self.low_x, 1e-9)
        up = (math.log10(seconds) - self.low_y) / max(self.high_y - self.low_y, 1)
        return self.x + along * WIDTH, TOP + HEIGHT - up * HEIGHT

    def draw(self):
        yield f'<text x="{self.x}" y="{TOP - 12}">{self.title}</text>'
        yield f'<rect class="axis" x="{self.x}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}"/>'
        for power in range(self.low_y, self.high_y + 1):
            y = self.place(self.points[0]["amount"], 10.0 ** power)[1]
            yield f'<line class="grid" x1="{self.x}" y1="{y:.1f}" x2="{self.x + WIDTH}" y2="{y:.1f}"/>'
            yield f'<text x="{self.x - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0 ** power:g} s</text>'
        for point in self.points:
            x = self.place(point["amount"], 1)[0]
            yield f'<text x="{x:.1f}" y="{TOP + HEIGHT + 16}" text-anchor="middle">{point["amount"]:,}</text>'
        for what, label_above in (("sign", True), ("check", False)):
            places = [self.place(point["amount"], point[what]) for point in self.points]
            yield f'<polyline class="{what}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'
            x, y = places[len(places) // 2]
            yield f'<text x="{x:.1f}" y="{y + (-10 if label_above else 20):.1f}" text-anchor="middle">{what}</text>'


def plot(found):
    panels = [Panel(LEFT + i * (WIDTH + GAP), f"seconds over {unit}", points)
              for i, (unit, points) in enumerate(found.items()) if len(points) > 1]
    width, height = LEFT + len(panels) * (WIDTH + GAP) - GAP + 40, TOP + HEIGHT + 30
    drawn = "\n".join(line for panel in panels for line in panel.draw())
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="time to sign and to check grows in proportion to entries and bytes"><style>{STYLE}</style>\n'
            f"{drawn}\n</svg>\n")
