/** Charts of the office, drawn as SVG. Each has its figures in a table behind it. */

import { element, table } from "/assets/staff.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [720, 240, 40, 28, 12];

function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Return steps of an axis: round numbers from 0 to at least the largest value. */
function steps(largest) {
  const rough = Math.max(largest, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((part) => part * power).find((size) => size >= rough));
  return Array.from({ length: Math.ceil(Math.max(largest, 1) / step) + 1 }, (_, index) => index * step);
}

function frame(labels, largest) {
  const marks = steps(largest);
  const top = marks.at(-1);
  const y = (value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  const slot = (WIDTH - LEFT) / labels.length;
  const x = (index) => LEFT + slot * index;
  const drawn = marks.flatMap((mark) => [
    svg("line", { class: "grid", x1: LEFT, x2: WIDTH, y1: y(mark), y2: y(mark) }),
    svg("text", { x: LEFT - 6, y: y(mark) + 4, "text-anchor": "end" }, String(mark)),
  ]);
  const every = Math.ceil(labels.length / 9);
  labels.forEach((label, index) => {
    if (index % every === 0) drawn.push(svg("text", { x: x(index) + slot / 2, y: HEIGHT - 8, "text-anchor": "middle" }, label.slice(5)));
  });
  return { drawn, x, y, slot };
}

function figure(title, names, labels, rows, drawing, note, palette) {
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${title}. The table below has the figures.` }, ...drawing);
  const legend = element("ul", { className: "legend" }, ...names.map((name, index) => element("li", { className: `s${palette[index]}` }, name)));
  const behind = element("div", { className: "scroll", tabindex: "0", role: "region", "aria-label": `Table: ${title}` }, table(title, ["Week of", ...names], rows.map((row, index) => [labels[index], ...row.map((value) => (value === null ? "–" : String(value)))])));
  return element("figure", {}, element("figcaption", {}, element("h2", {}, title), note), legend, picture, element("details", {}, element("summary", {}, `Figures: ${title}`), behind));
}

/** Bars, one over the other, for each week; `rows` has a number for each name. */
export function bars(title, names, labels, rows, note, palette = [0, 1, 2, 3, 4, 5]) {
  const { drawn, x, y, slot } = frame(labels, Math.max(0, ...rows.map((row) => row.reduce((sum, value) => sum + value, 0))));
  rows.forEach((row, index) => {
    let below = 0;
    row.forEach((value, series) => {
      if (!value) return;
      const bar = svg("rect", { class: `s${palette[series]}`, x: x(index) + slot * 0.12, width: slot * 0.76, y: y(below + value), height: y(below) - y(below + value) });
      bar.append(svg("title", {}, `${labels[index]}, ${names[series]}: ${value}`));
      drawn.push(bar);
      below += value;
    });
  });
  return figure(title, names, labels, rows, drawn, note, palette);
}

/** Lines over the weeks; a week without a value interrupts its line. */
export function lines(title, names, labels, rows, note) {
  const { drawn, x, y, slot } = frame(labels, Math.max(0, ...rows.flat().filter((value) => value !== null)));
  names.forEach((name, series) => {
    let path = "";
    rows.forEach((row, index) => {
      const value = row[series];
      const before = index ? rows[index - 1][series] : null;
      if (value === null) return;
      path += `${before === null ? "M" : "L"}${x(index) + slot / 2} ${y(value)}`;
      const dot = svg("circle", { class: `s${series}`, cx: x(index) + slot / 2, cy: y(value), r: 4 });
      dot.append(svg("title", {}, `${labels[index]}, ${name}: ${value}`));
      drawn.push(dot);
    });
    drawn.push(svg("path", { class: `line l${series}`, d: path || "M0 0" }));
  });
  return figure(title, names, labels, rows, drawn, note, [0, 1]);
}
