// Small multiples as SVG: one panel per metric, both axes logarithmic, a line per target.

const panel = { width: 250, height: 150, left: 46, top: 26, gap: 22, columns: 3 };
const colours = { odradek: '#d1495b', kfake: '#2e86ab', kafka: '#7a8450' };
const grey = '#888';

const log = Math.log10;

/** From a value to a place between `from` and `to`, by its logarithm. */
const axis = (min, max, from, to) => (value) =>
  max === min ? (from + to) / 2 : from + ((log(value) - log(min)) / log(max / min)) * (to - from);

/** The powers of ten around all values. */
function decades(values) {
  const low = Math.floor(log(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(log(Math.max(...values))));
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
}

function tick(value) {
  const [divisor, suffix] = value >= 1e6 ? [1e6, 'M'] : value >= 1000 ? [1000, 'k'] : [1, ''];
  return `${Number((value / divisor).toPrecision(3 - suffix.length))}${suffix}`;
}

const at = (value) => value.toFixed(1);
const text = (x, y, words, more = '') =>
  `<text x="${at(x)}" y="${at(y)}" fill="${grey}"${more}>${words}</text>`;
const line = (x1, y1, x2, y2) =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${grey}" opacity="0.35"/>`;

function curve(points, colour) {
  const path = points.map(([x, y]) => `${at(x)},${at(y)}`).join(' ');
  const dots = points.map(
    ([x, y]) => `<circle cx="${at(x)}" cy="${at(y)}" r="2.5" fill="${colour}"/>`,
  );
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
    ...dots,
  ];
}

/** `series` is by target: a list of [size, value]. */
function panelOf(title, series, x0, y0) {
  const points = Object.values(series).flat();
  if (points.length === 0) return [];
  const sizes = [...new Set(points.map(([size]) => size))].sort((a, b) => a - b);
  const marks = decades(points.map(([, value]) => value));
  const bottom = y0 + panel.top + panel.height;
  const left = x0 + panel.left;
  const x = axis(sizes[0], sizes.at(-1), left + 10, left + panel.width - 30);
  const y = axis(marks[0], marks.at(-1), bottom, y0 + panel.top);
  const end = ' text-anchor="end"';
  return [
    text(x0 + panel.left, y0 + panel.top - 10, title),
    ...marks.flatMap((mark) => [
      line(left, y(mark), left + panel.width - 20, y(mark)),
      text(left - 5, y(mark) + 3, tick(mark), end),
    ]),
    ...sizes.map((size) => text(x(size), bottom + 14, tick(size), ' text-anchor="middle"')),
    ...Object.entries(series).flatMap(([target, values]) =>
      curve(
        values.map(([size, value]) => [x(size), y(value)]),
        colours[target],
      ),
    ),
  ];
}

/** `panels` is by title, each a series by target; `label` names what grows to the right. */
export function smallMultiples(label, panels) {
  const entries = Object.entries(panels);
  const lines = Math.ceil(entries.length / panel.columns);
  const stepX = panel.left + panel.width;
  const stepY = panel.top + panel.height + panel.gap;
  const width = panel.columns * stepX;
  const height = lines * stepY + 28;
  const legend = Object.entries(colours).map(([target, colour], index) => {
    const where = `x="${panel.left + 160 + index * 70}" y="${height - 8}" fill="${colour}"`;
    return `<text ${where}>● ${target}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
      'font-family="sans-serif" font-size="11">',
    `<title>what grows with ${label}</title>`,
    ...entries.flatMap(([title, series], index) => {
      const row = Math.floor(index / panel.columns);
      return panelOf(title, series, (index % panel.columns) * stepX, row * stepY);
    }),
    text(panel.left, height - 8, `to the right: ${label}`),
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}
