import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { parseConfigOption } from '../config/parse-config-option.ts';
import { nearestName } from '../nearest-name.ts';
import type { BrokerOptions, ClusterOptions, TopicOptions } from '../server/cluster-options.ts';
import { adminPort } from './admin-client.ts';
import { addExperimentCommand, type ExperimentCommand } from './experiment/command.ts';
import { UsageError } from './usage-error.ts';
import { addVerbCommands, type VerbCommand } from './verb-commands.ts';
import { whole } from './whole.ts';

/** What the command line asked for. */
type CommandLine =
  | { readonly kind: 'print'; readonly text: string }
  | ({ readonly kind: 'verb' } & VerbCommand)
  | ({ readonly kind: 'experiment' } & ExperimentCommand)
  | ({ readonly kind: 'start' } & Start);

/** A cluster to start. */
export interface Start {
  readonly cluster: ClusterOptions;
  /** An admin port that nobody asked for: another one will do. */
  readonly adminPort: number | undefined;
  readonly json: boolean;
}

type Topics = Readonly<Record<string, TopicOptions>>;

interface ConfigFlags {
  readonly all: Readonly<Record<string, string>>;
  readonly perBroker: Readonly<Record<number, Readonly<Record<string, string>>>>;
}

interface Flags {
  readonly brokers: number;
  readonly controllers: number;
  readonly combined?: boolean;
  readonly port: number;
  readonly host?: string;
  readonly advertise?: string;
  readonly topic?: Topics;
  readonly brokerConfig?: ConfigFlags;
  readonly seed?: number;
  readonly kafkaDefaults?: boolean;
  /** False: none. */
  readonly admin?: string | false;
  readonly json?: boolean;
}

/** `name[:partitions[:replication factor]][,key=value…]` */
function addTopic(spec: string, topics: Topics = {}): Topics {
  const [head, ...configs] = spec.split(',');
  const [name, partitions, replicationFactor, ...rest] = head!.split(':');
  if (!name || rest.length > 0) {
    throw new InvalidArgumentError(
      'It must be NAME[:PARTITIONS[:REPLICATION-FACTOR]][,KEY=VALUE].',
    );
  }
  if (Object.hasOwn(topics, name))
    throw new InvalidArgumentError(`There is one '${name}' already.`);
  const config = Object.fromEntries(
    configs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new InvalidArgumentError(`'${pair}' is not KEY=VALUE.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
  const topic: TopicOptions = {
    ...(partitions ? { partitions: whole(partitions) } : {}),
    ...(replicationFactor ? { replicationFactor: whole(replicationFactor) } : {}),
    config,
  };
  return { ...topics, [name]: topic };
}

const noConfigs: ConfigFlags = { all: {}, perBroker: {} };

function addConfig(text: string, configs: ConfigFlags = noConfigs): ConfigFlags {
  const parsed = parseConfigOption(text);
  if ('problem' in parsed) throw new InvalidArgumentError(parsed.problem);
  const { brokerId, name, value } = parsed;
  if (brokerId === null) return { ...configs, all: { ...configs.all, [name]: value } };
  const own = { ...configs.perBroker[brokerId], [name]: value };
  return { ...configs, perBroker: { ...configs.perBroker, [brokerId]: own } };
}

const examples = `
Examples:
  odradek                                  three brokers on 9092, 9093 and 9094
  odradek -n 1 -p 0 --json                 one broker on any free port; read line 1 of its output
  odradek -t orders:6:3,min.insync.replicas=2
  odradek status; odradek crash 1; odradek restart 1
  odradek experiment hw-truncation-loss    how Kafka once lost data, told step by step
  odradek -c node.id=0 -c auto.create.topics.enable=false -c 2:broker.rack=b

Exit codes: 0 ok · 1 failure · 2 usage or configuration · 3 port in use · 130 second Ctrl-C`;

function describe(version: string): Command {
  return new Command('odradek')
    .description('A Kafka-protocol cluster in one process, for tests and teaching.')
    .usage('[start] [options]\n       odradek <command> … [--admin <port>] [--json]')
    .argument('[start]', 'start a cluster until Ctrl-C (the default)')
    .addOption(
      new Option('-n, --brokers <n>', 'number of brokers')
        .default(3)
        .argParser(whole)
        .env('ODRADEK_BROKERS'),
    )
    .addOption(
      new Option('--controllers <n>', 'number of controllers: 1, 3 or 5')
        .default(1)
        .argParser(whole)
        .env('ODRADEK_CONTROLLERS'),
    )
    .option('--combined', 'the first brokers are the controllers, too')
    .addOption(
      new Option('-p, --port <port>', 'port of the first broker, the others count up; 0 = any free')
        .default(9092)
        .argParser(whole)
        .env('ODRADEK_PORT'),
    )
    .addOption(
      new Option('--host <address>', 'address to listen on (default: 127.0.0.1 and ::1)') //
        .env('ODRADEK_HOST'),
    )
    .addOption(
      new Option('--advertise <host:port>', "what clients connect to: the first broker's") //
        .env('ODRADEK_ADVERTISE'),
    )
    .option('-t, --topic <name:partitions:rf>', 'a topic to create, repeatable', addTopic)
    .option(
      '-c, --broker-config <key=value>',
      'any Kafka broker config, repeatable; 2:key=value ' + 'for broker 2 alone',
      addConfig,
    )
    .addOption(
      new Option('--seed <number>', 'decides all chance in the cluster (default: a fresh one)')
        .argParser(whole)
        .env('ODRADEK_SEED'),
    )
    .option('--kafka-defaults', "Kafka's own defaults, also where others make better tests")
    .addOption(
      new Option('--admin <port>', `for commands (default: ${adminPort}, with -p 0 any)`) //
        .env('ODRADEK_ADMIN'),
    )
    .option('--no-admin', 'take no commands')
    .option('--json', 'standard output is one JSON object per line, the first says "ready"')
    .version(version, '-V, --version')
    .helpOption('-h, --help', 'this page')
    .addHelpText('after', examples);
}

/** Not checked by commander: a command takes HOST:PORT from the same variable. */
function portOf(admin: string): number {
  if (/^\d{1,5}$/.test(admin)) return Number(admin);
  throw new UsageError(`--admin must be a port, not '${admin}'`);
}

function clusterOptions(flags: Flags): ClusterOptions {
  const { all, perBroker } = flags.brokerConfig ?? noConfigs;
  const firstId = Number(all['node.id'] ?? 1);
  const ids = Array.from({ length: flags.brokers }, (_, index) => firstId + index);
  const stranger = Object.keys(perBroker).find((id) => !ids.includes(Number(id)));
  if (stranger !== undefined) {
    throw new UsageError(
      `-c ${stranger}:…: there is no broker ${stranger}, only ${ids.join(', ')}`,
    );
  }
  const each = ids.map((id): BrokerOptions => ({ config: perBroker[id] ?? {} }));
  return {
    brokers: Object.keys(perBroker).length === 0 ? flags.brokers : each,
    controllers: { count: flags.controllers, combined: flags.combined ?? false },
    port: flags.port,
    topics: flags.topic ?? {},
    config: all,
    kafkaDefaults: flags.kafkaDefaults ?? false,
    ...(flags.host === undefined ? {} : { host: flags.host }),
    ...(flags.advertise === undefined ? {} : { advertise: flags.advertise }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.admin ? { admin: portOf(flags.admin) } : {}),
  };
}

/** One line: what commander says, without its prefix and with its suggestion in the same line. */
function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

function defaultAdminPort({ admin, port }: Flags): number | undefined {
  if (admin || admin === false) return undefined;
  return port === 0 ? 0 : adminPort;
}

function checkCommand(program: Command): void {
  const [word = 'start', ...more] = program.args as [string];
  if (word === 'start' && more.length === 0) return;
  if (word === 'start') throw new UsageError(`too many arguments: ${more.join(' ')}`);
  const known = ['start', ...program.commands.map((command) => command.name())];
  const nearest = nearestName(word, known);
  const hint = nearest === null ? '' : `; did you mean '${nearest}'?`;
  throw new UsageError(`unknown command '${word}'${hint}`);
}

const helpWidth = 100;

const subcommandTerm = (command: Command): string =>
  [command.name(), command.usage().replace('[options] ', '').replace('[options]', '')].join(' ');

/** Reads the arguments after `node script`; throws `UsageError` where they make no sense. */
export function parseCommandLine(args: readonly string[], version: string): CommandLine {
  let printed = '';
  let chosen: CommandLine | undefined;
  const program = describe(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => (printed += text),
      writeErr: () => undefined,
      getOutHelpWidth: () => helpWidth,
    })
    .configureHelp({ subcommandTerm })
    .enablePositionalOptions()
    .allowExcessArguments()
    .action(() => undefined);
  addVerbCommands(program, (command) => (chosen = { kind: 'verb', ...command }));
  addExperimentCommand(program, (command) => (chosen = { kind: 'experiment', ...command }));
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'print', text: printed };
    throw new UsageError(oneLine(error.message));
  }
  if (chosen !== undefined) return chosen;
  checkCommand(program);
  const flags = program.opts<Flags>();
  const { json = false } = flags;
  return {
    kind: 'start',
    cluster: clusterOptions(flags),
    adminPort: defaultAdminPort(flags),
    json,
  };
}
