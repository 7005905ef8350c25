import type { Knobs } from '../config/knobs.ts';
import { staticConfigs } from '../config/static-configs.ts';
import { checkNames, show } from './check-names.ts';
import { ClusterError } from './cluster-error.ts';
import { type ControllerOptions, controllerIdsOf } from './controller-options.ts';
import { checkKnobs } from './knob-options.ts';

/** Kafka configs by their own names (`min.insync.replicas`), as in a server.properties. */
export type ConfigOptions = Readonly<Record<string, string | number | boolean>>;

/** One broker of the cluster. */
export interface BrokerOptions {
  /** From 0 on; by default they count up from `node.id` of `config`, or from 1. */
  readonly id?: number;
  /** The same as `broker.rack` in `config`. */
  readonly rack?: string;
  /** For this broker alone, before the cluster's `config`. */
  readonly config?: ConfigOptions;
}

/** A topic that is there before the cluster says it is ready. */
export interface TopicOptions {
  /** Default: the brokers' `num.partitions`. */
  readonly partitions?: number;
  /** Default: the brokers' `default.replication.factor`. */
  readonly replicationFactor?: number;
  /** Topic configs by their own names. */
  readonly config?: ConfigOptions;
}

/** What `startCluster` takes. Everything has a default. */
export interface ClusterOptions {
  /** How many (3), or each one. */
  readonly brokers?: number | readonly BrokerOptions[];
  /** How many controllers (1, 3 or 5), by default one that is a node of its own. */
  readonly controllers?: number | ControllerOptions;
  /** The first broker's port, the others count up; 0 (the default) gives each any free one. */
  readonly port?: number;
  /** The address to listen on. Default: both loopback addresses, 127.0.0.1 and ::1. */
  readonly host?: string;
  /**
   * What clients are told to connect to, `host` or `host:port` of the first broker; the others
   * count up. Default: where the brokers listen.
   */
  readonly advertise?: string;
  /** Topics by name. */
  readonly topics?: Readonly<Record<string, TopicOptions>>;
  /** For all brokers. */
  readonly config?: ConfigOptions;
  /** Kafka's own defaults, also where others make better tests (docs/DIFFERENCES.md). */
  readonly kafkaDefaults?: boolean;
  /** Same seed and same inputs: same history. Default: a fresh one, to be found in `seed`. */
  readonly seed?: number;
  /** Keeps every input in memory, for `recording()`. Default false. */
  readonly record?: boolean;
  /** A port for the verbs over HTTP (docs/openapi.json); 0: any free one. Default: none. */
  readonly admin?: number;
  /** Rules of earlier releases of Kafka, to see what they let through. Default: the newest. */
  readonly knobs?: Partial<Knobs>;
}

/** `ClusterOptions` with every default in its place. */
export interface ResolvedOptions {
  readonly brokerIds: readonly number[];
  readonly controllerIds: readonly number[];
  readonly staticConfigs: ReadonlyMap<number, ReadonlyMap<string, string>>;
  readonly warnings: readonly string[];
  readonly port: number;
  readonly host: string | undefined;
  readonly advertise: Advertise | undefined;
  readonly topics: Readonly<Record<string, TopicOptions>>;
  readonly seed: number | undefined;
  readonly record: boolean;
  readonly admin: number | undefined;
  readonly knobs: Partial<Knobs>;
  /** As the caller gave them. */
  readonly given: ClusterOptions;
}

interface Advertise {
  readonly host: string;
  readonly port: number | undefined;
}

const optionNames = [
  ...['brokers', 'controllers', 'port', 'host', 'advertise', 'topics', 'config'],
  ...['kafkaDefaults', 'seed', 'record', 'admin', 'knobs'],
];
const brokerOptionNames = ['id', 'rack', 'config'];
const topicOptionNames = ['partitions', 'replicationFactor', 'config'];
const brokersMax = 100;
const partitionsMax = 100_000;
const replicationFactorMax = 2 ** 15 - 1;
const brokerIdMax = 2 ** 31 - 1;
const seedMax = 2 ** 32 - 1;
const portMax = 65_535;

const bad = (message: string): never => {
  throw new ClusterError('E_BAD_OPTION', message);
};

function whole(where: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  return bad(`${where} must be a whole number from ${least} to ${most}, not ${show(value)}`);
}

function checkConfig(where: string, config: unknown): void {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    bad(`${where} must be an object of config names and values, not ${show(config)}`);
  }
  for (const [name, value] of Object.entries(config as object)) {
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      bad(`${where}['${name}'] must be a string, a number or a boolean, not ${show(value)}`);
    }
  }
}

function checkText(where: string, value: unknown): string {
  return typeof value === 'string' && value !== ''
    ? value
    : bad(`${where} must be a string that is not empty, not ${show(value)}`);
}

function brokersOf(options: ClusterOptions): readonly BrokerOptions[] {
  const { brokers = 3 } = options;
  if (!Array.isArray(brokers)) {
    return new Array(whole('brokers', brokers, 1, brokersMax)).fill({});
  }
  whole('the number of brokers', brokers.length, 1, brokersMax);
  for (const [index, broker] of (brokers as readonly BrokerOptions[]).entries()) {
    checkBroker(`brokers[${index}]`, broker);
  }
  return brokers;
}

function checkBroker(where: string, broker: BrokerOptions): void {
  checkNames(where, broker, brokerOptionNames);
  if (broker.rack !== undefined) checkText(`${where}.rack`, broker.rack);
  if (broker.config !== undefined) checkConfig(`${where}.config`, broker.config);
}

function idsOf(brokers: readonly BrokerOptions[], config: ConfigOptions): number[] {
  const { 'node.id': given } = config;
  const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  const first = given === undefined ? 1 : whole("config['node.id']", number, 0, brokerIdMax);
  const ids = brokers.map(({ id }, index) =>
    whole(`brokers[${index}].id`, id ?? first + index, 0, brokerIdMax),
  );
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  return twice === undefined ? ids : bad(`two brokers have the id ${twice}`);
}

const configOf = ({ rack, config }: BrokerOptions): ConfigOptions => ({
  ...config,
  ...(rack === undefined ? {} : { 'broker.rack': rack }),
});

function resolveConfigs(
  options: ClusterOptions,
  brokerIds: readonly number[],
  brokers: readonly BrokerOptions[],
) {
  const perBroker = Object.fromEntries(
    brokers.map((broker, index) => [brokerIds[index]!, configOf(broker)]),
  );
  const { 'node.id': _firstId, ...config } = options.config ?? {};
  const kafkaDefaults = options.kafkaDefaults ?? false;
  const resolved = staticConfigs({ brokerIds, config, perBroker, kafkaDefaults });
  const [problem] = resolved.problems;
  if (problem !== undefined) throw new ClusterError('E_BAD_CONFIG', problem);
  return resolved;
}

/** Throws `ClusterError` for options of a topic that are misspelt or wrong in themselves. */
export function checkTopic(name: string, topic: TopicOptions): void {
  const where = `topics['${name}']`;
  checkNames(where, topic, topicOptionNames);
  const { partitions, replicationFactor, config } = topic;
  if (partitions !== undefined) whole(`${where}.partitions`, partitions, 1, partitionsMax);
  if (replicationFactor !== undefined) {
    whole(`${where}.replicationFactor`, replicationFactor, 1, replicationFactorMax);
  }
  if (config !== undefined) checkConfig(`${where}.config`, config);
}

function checkTopics(topics: Readonly<Record<string, TopicOptions>>): void {
  if (typeof topics !== 'object' || topics === null || Array.isArray(topics)) {
    bad(`topics must be an object of names and options, not ${show(topics)}`);
  }
  for (const [name, topic] of Object.entries(topics)) checkTopic(name, topic);
}

/** `host`, `host:port`, `[::1]` or `[::1]:port`. */
function parseAdvertise(text: string): Advertise {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+))(?::(\d+))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return bad(`advertise must be HOST or HOST:PORT, not ${show(text)}`);
  const port = match?.[3];
  return {
    host,
    port: port === undefined ? undefined : whole('the port of advertise', Number(port), 1, portMax),
  };
}

/** Checks every option and puts the defaults in; throws `ClusterError` at the first wrong one. */
export function resolveOptions(options: ClusterOptions): ResolvedOptions {
  checkNames('startCluster', options, optionNames);
  const { port = 0, host, advertise, topics = {}, seed, admin } = options;
  const { kafkaDefaults = false, record = false } = options;
  if (options.config !== undefined) checkConfig('config', options.config);
  if (typeof kafkaDefaults !== 'boolean') bad('kafkaDefaults must be true or false');
  if (typeof record !== 'boolean') bad('record must be true or false');
  const brokerIds = idsOf(brokersOf(options), options.config ?? {});
  const last = port === 0 ? portMax : portMax + 1 - brokerIds.length;
  checkTopics(topics);
  const { brokers, warnings } = resolveConfigs(options, brokerIds, brokersOf(options));
  return {
    brokerIds,
    controllerIds: controllerIdsOf(options.controllers, brokerIds),
    staticConfigs: brokers,
    warnings,
    port: whole('port', port, 0, last),
    host: host === undefined ? undefined : checkText('host', host),
    advertise:
      advertise === undefined ? undefined : parseAdvertise(checkText('advertise', advertise)),
    topics,
    seed: seed === undefined ? undefined : whole('seed', seed, 0, seedMax),
    record,
    admin: admin === undefined ? undefined : whole('admin', admin, 0, portMax),
    knobs: checkKnobs(options.knobs ?? {}),
    given: options,
  };
}

/** A broker that joins the cluster later, with everything that it is started with. */
export function resolveAddedBroker(
  { given, controllerIds }: ResolvedOptions,
  broker: BrokerOptions,
  brokerIds: readonly number[],
): { readonly brokerId: number; readonly configs: ReadonlyMap<string, string> } {
  checkBroker('addBroker', broker);
  if (brokerIds.length === brokersMax) bad(`a cluster has at most ${brokersMax} brokers`);
  const taken = [...brokerIds, ...controllerIds];
  let next = Math.max(0, ...brokerIds) + 1;
  while (taken.includes(next)) next++;
  const brokerId = whole('the id of a broker', broker.id ?? next, 0, brokerIdMax);
  if (taken.includes(brokerId)) bad(`there is a node ${brokerId} already`);
  const { brokers } = resolveConfigs(given, [brokerId], [broker]);
  return { brokerId, configs: brokers.get(brokerId)! };
}
