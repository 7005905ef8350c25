// RESULTS.md and its plots, from all results that there are.
import { smallMultiples } from './plot.mjs';
import { figureTable, growthTable, lostList, ratioTable, seriesOf, table } from './report.mjs';
import { growth, rows } from './rows.mjs';
import { scenarios } from './scenarios/index.mjs';
import { targets } from './targets/index.mjs';

const legend = `Medians of the counted rounds, [lowest..highest]. A ratio is Odradek ÷ peer of the same
round, and its median is taken over the rounds. ↓ where less is better. ● reaches the aim, ○ what
must be, ✗ neither; △ neither, and the null broker of this run does not reach it either, so this
machine cannot show it. N is the null broker, KF kfake, JK Apache Kafka, MK librdkafka's mock; – was
not measured ([what each skips](#what-each-target-skips)). Method and traps: [README.md](README.md).`;

const ceiling = `Rows in which the null broker, a Node process that keeps nothing, is itself behind a peer by more
than a tenth: what is left of them is not Odradek's to win.`;

/** A table and, if there are any, lines below it. */
const paragraphs = (above, lines) => [above, lines.join('\n')].filter(Boolean).join('\n\n');

function growthSection(name, { samples }) {
  const title = `## Growth: ${name}`;
  const image = `![${name}](scale-${name}.svg)`;
  return [title, image, growthTable(growth[name], samples)].join('\n\n');
}

function skips(results) {
  const absent = Object.entries(results).flatMap(([name, { about }]) =>
    Object.entries(about.absent).map(([target, why]) => `* ${target} in ${name}: absent. ${why}`),
  );
  const lines = Object.entries(targets).map(([name, { title, skips: what }]) => [
    name,
    title,
    what,
  ]);
  return paragraphs(table(['target', 'what it is', 'what it skips'], lines), absent);
}

function conditions(results) {
  const lines = Object.entries(results).map(([name, { about, troubles }]) => {
    const { taken, commit, rounds, loadBefore } = about;
    return [name, taken.slice(0, 16), commit, rounds, loadBefore, troubles.length];
  });
  const head = ['scenario', 'taken', 'commit', 'rounds', 'load before', 'figures missed'];
  const troubles = Object.values(results).flatMap((result) => result.troubles);
  return paragraphs(
    table(head, lines),
    troubles.map((trouble) => `* ${trouble}`),
  );
}

function machineLine({ about }) {
  const { processor, cores, memoryGB, kernel, node, java, go, librdkafka, kafka, kfake } = about;
  return (
    `${processor}, ${cores} cores shared by client and broker, ${memoryGB} GB, Linux ${kernel}. ` +
    `Node ${node}, JDK ${java}, Go ${go}; librdkafka ${librdkafka}, Apache Kafka ${kafka}, ` +
    `kfake ${kfake}, kafkajs ${about.kafkajs}.`
  );
}

/** File names and their texts. */
export function page(results) {
  const grown = Object.keys(growth).filter((name) => results[name] !== undefined);
  const sections = [
    '# Results of the bench',
    'Written by `npm run bench`; the raw samples are in [results](results).',
    legend,
    '## Beside its peers',
    ratioTable(rows, results),
    '## Where Node cannot win',
    paragraphs(ceiling, lostList(rows, results)),
    '## The figures themselves',
    figureTable(rows, results),
    ...grown.map((name) => growthSection(name, results[name])),
    '## What each target skips',
    skips(results),
    '## Machine and versions',
    machineLine(Object.values(results)[0]),
    conditions(results),
  ];
  const files = { 'RESULTS.md': `${sections.join('\n\n')}\n` };
  for (const name of grown) {
    const { samples } = results[name];
    const panels = Object.entries(growth[name]).map(([title, metric]) => [
      title,
      seriesOf(samples, metric),
    ]);
    files[`scale-${name}.svg`] = smallMultiples(scenarios[name].label, Object.fromEntries(panels));
  }
  return files;
}
