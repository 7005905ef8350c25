// From samples to tables: what RESULTS.md says is computed here and nowhere else.
import { ratios, summary } from './stats.mjs';

/** Three significant digits; thousands and millions are shortened. */
export function short(value) {
  const [divisor, suffix] = value >= 1e6 ? [1e6, ' M'] : value >= 1e4 ? [1e3, ' k'] : [1, ''];
  const scaled = value / divisor;
  return `${scaled >= 100 ? Math.round(scaled) : Number(scaled.toPrecision(3))}${suffix}`;
}

/** The figures of a target in a row, one per round; a row may be the quotient of two metrics. */
export function figuresOf({ metric, over }, samples, target) {
  const figures = samples[metric]?.[target] ?? [];
  return over === undefined ? figures : ratios(figures, samples[over]?.[target] ?? []);
}

/** Which of its two bounds a figure reaches: 'aim', 'must' or 'missed'. */
export function reached(value, [must, aim], less) {
  const holds = (bound) => (less ? value <= bound : value >= bound);
  if (holds(aim)) return 'aim';
  return holds(must) ? 'must' : 'missed';
}

/** Peers in the order of the columns, with the letters that bounds are written with. */
const peers = { null: 'N', kfake: 'KF', kafka: 'JK', mock: 'MK' };
const marks = { aim: ' ●', must: ' ○', missed: ' ✗', beyond: ' △' };
const twoDigits = (value) => value.toFixed(value < 0.1 ? 3 : 2);
const spread = ({ median, min, max }, show) => `${show(median)} [${show(min)}..${show(max)}]`;

export const table = (head, lines) =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const titleOf = ({ title, unit, less }) =>
  `${title}${unit === undefined ? '' : `, ${unit}`}${less ? ' ↓' : ''}`;

const between = (row, samples, one, other) =>
  summary(ratios(figuresOf(row, samples, one), figuresOf(row, samples, other)));

/** A bound that not even the null broker reaches is beyond what this machine can show. */
function markOf(row, samples, peer, value) {
  const bounds = row.bound?.[peer];
  if (bounds === undefined) return '';
  const mark = reached(value, bounds, row.less);
  if (mark !== 'missed' || peer === 'null') return marks[mark];
  const ceiling = between(row, samples, 'null', peer);
  const isBeyond = ceiling !== null && reached(ceiling.median, bounds, row.less) === 'missed';
  return marks[isBeyond ? 'beyond' : 'missed'];
}

function boundsText({ own, bound = {} }, which) {
  const parts = Object.entries(bound).map(([peer, pair]) => `${peers[peer]} ${pair[which]}`);
  if (own !== undefined) parts.unshift(String(own[which]));
  return parts.join(' · ') || '–';
}

function ratioLine(row, samples) {
  const own = summary(figuresOf(row, samples, 'odradek'));
  const ownMark = own && row.own ? marks[reached(own.median, row.own, row.less)] : '';
  const beside = Object.keys(peers).map((peer) => {
    const ratio = row.over === undefined ? between(row, samples, 'odradek', peer) : null;
    if (ratio === null) return '–';
    return spread(ratio, twoDigits) + markOf(row, samples, peer, ratio.median);
  });
  const figure = own === null ? '–' : spread(own, short) + ownMark;
  return [titleOf(row), figure, ...beside, boundsText(row, 0), boundsText(row, 1)];
}

const measured = (rows, results) => rows.filter(({ scenario }) => results[scenario] !== undefined);

/** Odradek ÷ each peer; rows of scenarios that have no result are left out. */
export function ratioTable(rows, results) {
  const head = ['row', 'Odradek', ...Object.keys(peers).map((peer) => `÷ ${peer}`), 'must', 'aim'];
  const own = measured(rows, results).filter(({ isReference }) => !isReference);
  return table(
    head,
    own.map((row) => ratioLine(row, results[row.scenario].samples)),
  );
}

/** The figures themselves, of every target. */
export function figureTable(rows, results) {
  const names = ['odradek', ...Object.keys(peers)];
  const lines = measured(rows, results).map((row) => [
    titleOf(row),
    ...names.map((name) => {
      const figure = summary(figuresOf(row, results[row.scenario].samples, name));
      return figure === null ? '–' : spread(figure, short);
    }),
  ]);
  return table(['row', ...names], lines);
}

/** Where a Node process that does nothing is already behind a peer, by more than a tenth. */
export function lostList(rows, results) {
  const plain = measured(rows, results).filter(({ over }) => over === undefined);
  return plain.flatMap((row) => {
    const { samples } = results[row.scenario];
    const lost = Object.keys(peers).filter((peer) => {
      const ceiling = between(row, samples, 'null', peer)?.median ?? 1;
      return peer !== 'null' && (row.less ? ceiling > 1.1 : ceiling < 0.9);
    });
    return lost.map((peer) => {
      const [nothing, own] = ['null', 'odradek'].map((name) => between(row, samples, name, peer));
      const text = `* ${titleOf(row)}: the null broker ${twoDigits(nothing.median)} × ${peer}`;
      return own === null ? `${text}.` : `${text}, Odradek ${twoDigits(own.median)} ×.`;
    });
  });
}

/** The medians of one metric of a scenario that grows: by target, [size, value] for each size. */
export function seriesOf(samples, metric) {
  const [name, unit] = [metric.slice(0, metric.lastIndexOf(' ')), metric.split(' ').at(-1)];
  const series = {};
  for (const [key, byTarget] of Object.entries(samples)) {
    if (!key.startsWith(`${name} @`) || !key.endsWith(` ${unit}`)) continue;
    const size = Number(key.slice(name.length + 2, -unit.length - 1));
    for (const [target, figures] of Object.entries(byTarget)) {
      const figure = summary(figures);
      if (figure === null) continue;
      series[target] ??= [];
      series[target].push([size, figure.median]);
    }
  }
  return series;
}

/** One line per metric and target, one column per size. */
export function growthTable(panels, samples) {
  const sizes = new Set();
  const lines = Object.entries(panels).flatMap(([title, metric]) =>
    Object.entries(seriesOf(samples, metric)).map(([target, points]) => {
      for (const [size] of points) sizes.add(size);
      return { title, target, points: new Map(points) };
    }),
  );
  const columns = [...sizes].sort((a, b) => a - b);
  const show = (value) => (value === undefined ? '–' : short(value));
  return table(
    ['', 'target', ...columns.map((size) => size.toLocaleString('en'))],
    lines.map(({ title, target, points }) => [
      ...[title, target],
      ...columns.map((size) => show(points.get(size))),
    ]),
  );
}
