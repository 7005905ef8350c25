import type { Answer, AnswerName } from '../server/admin/answers.ts';
import type { Change } from '../server/admin/changes.ts';
import type { Verb } from '../server/admin/verb.ts';
import { table } from './table.ts';

const ids = (list: readonly number[]): string => list.join(',') || '-';
const orNone = (value: number | string | null): string => String(value ?? '-');

const brokers = (all: Answer<'Brokers'>): string[] =>
  table([
    ['BROKER', 'KAFKA-ADDRESS', 'RACK', 'STATE', 'LEADERS', 'REPLICAS'],
    ...all.map(({ id, host, port, rack, state, fenced, leaders, replicas }) => [
      String(id),
      `${host}:${port}`,
      orNone(rack),
      fenced ? `${state}, fenced` : state,
      String(leaders),
      String(replicas),
    ]),
  ]);

const controllers = (all: Answer<'Controllers'>): string[] =>
  table([
    ['CONTROLLER', 'STATE', 'ACTIVE', 'ROLE', 'EPOCH', 'LEADER', 'HIGH-WATERMARK', 'LOG-END'],
    ...all.map(({ id, state, active, role, epoch, leader, highWatermark, logEndOffset }) => [
      String(id),
      state,
      active ? 'yes' : 'no',
      role,
      String(epoch),
      orNone(leader),
      String(highWatermark),
      String(logEndOffset),
    ]),
  ]);

const partitions = (all: readonly Answer<'Partition'>[]): string[] =>
  table([
    ['PARTITION', 'LEADER', 'EPOCH', 'REPLICAS', 'ISR', 'ELR', 'HIGH-WATERMARK', 'LOG-ENDS'],
    ...all.map(({ topic, partition, leader, leaderEpoch, isr, elr, highWatermark, replicas }) => [
      `${topic}:${partition}`,
      orNone(leader),
      String(leaderEpoch),
      ids(replicas.map(({ broker }) => broker)),
      ids(isr),
      ids(elr),
      orNone(highWatermark),
      replicas.map(({ broker, logEndOffset }) => `${broker}@${orNone(logEndOffset)}`).join(' '),
    ]),
  ]);

const groups = (all: Answer<'Groups'>): string[] =>
  all.length === 0
    ? ['no groups']
    : table([
        ['GROUP', 'TYPE', 'PROTOCOL-TYPE', 'STATE', 'COORDINATOR', 'EPOCH', 'MEMBERS', 'LAG'],
        ...all.map(({ groupId, type, protocolType, state, coordinator, epoch, members, lag }) => [
          groupId,
          type,
          protocolType || '-',
          state,
          String(coordinator),
          String(epoch),
          String(members.length),
          orNone(lag),
        ]),
      ]);

function group(one: Answer<'Group'>): string[] {
  const members = one.members.map(({ memberId, groupInstanceId, clientId, clientHost, ...own }) => [
    memberId,
    orNone(groupInstanceId),
    clientId || '-',
    clientHost,
    own.assignment.map(({ topic, partition }) => `${topic}:${partition}`).join(' ') || '-',
  ]);
  const offsets = one.offsets.map(({ topic, partition, committedOffset, ...own }) => [
    `${topic}:${partition}`,
    orNone(committedOffset),
    orNone(own.highWatermark),
    orNone(own.lag),
    orNone(own.memberId),
  ]);
  return [
    ...groups([one]),
    '',
    ...table([['MEMBER', 'INSTANCE', 'CLIENT', 'HOST', 'ASSIGNMENT'], ...members]),
    '',
    ...table([['PARTITION', 'COMMITTED', 'HIGH-WATERMARK', 'LAG', 'MEMBER'], ...offsets]),
  ];
}

const links = (all: Answer<'Links'>): string[] =>
  all.length === 0
    ? ['every link is healthy']
    : table([
        ['FROM', 'TO', 'PLANE', 'LATENCY-MS', 'JITTER-MS', 'LOSS', 'CUT'],
        ...all.map(({ from, to, plane, latencyMs, jitterMs, loss, cut }) => [
          String(from),
          String(to),
          plane,
          String(latencyMs),
          String(jitterMs),
          String(loss),
          cut ? 'yes' : 'no',
        ]),
      ]);

const texts: { readonly [Name in AnswerName]: (answer: Answer<Name>) => string[] } = {
  Cluster: (all) => [
    ...brokers(all.brokers),
    '',
    ...controllers(all.controllers),
    '',
    ...(all.partitions.length === 0 ? ['no topics'] : partitions(all.partitions)),
    '',
    ...groups(all.groups),
    '',
    ...links(all.links),
  ],
  Broker: (one) => brokers([one]),
  Brokers: brokers,
  Controllers: controllers,
  Partition: (one) => partitions([one]),
  Group: group,
  Groups: groups,
  Links: links,
};

const shownMax = 30;

function changesText(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ['nothing has changed'];
  const lines = changes.slice(0, shownMax).map(({ what, was, now }) => `${what}: ${was} → ${now}`);
  const more = changes.length - shownMax;
  return more > 0 ? [...lines, `and ${more} changes more (--json shows them)`] : lines;
}

/** What a cluster answered, for a person. */
export function answerText({ method, answer }: Verb, body: unknown): string {
  const show = texts[answer] as (answer: unknown) => string[];
  if (method === 'GET') return `${show(body).join('\n')}\n`;
  const { changes, now } = body as { changes: readonly Change[]; now: unknown };
  return `${[...changesText(changes), '', ...show(now)].join('\n')}\n`;
}
