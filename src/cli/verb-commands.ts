import { type Command, Option } from 'commander';
import { fromText, type Kind, problemOf } from '../server/admin/kind.ts';
import type { Parameter, Verb } from '../server/admin/verb.ts';
import { verbs } from '../server/admin/verbs.ts';
import { UsageError } from './usage-error.ts';

/** A verb for a running cluster, as the command line has it. */
export interface VerbCommand {
  /** More than one where a node may be a broker or a controller: the first that knows it. */
  readonly verbs: readonly Verb[];
  /** In the order of each verb's positional parameters. */
  readonly positional: readonly unknown[];
  readonly named: Readonly<Record<string, unknown>>;
  readonly admin: string | undefined;
  readonly json: boolean;
}

/** `latencyMs` is `--latency <ms>`, `oneWay` is `--one-way`. */
function flagOf(name: string, { schema }: Kind<unknown>): string {
  const [, stem, unit] = /^(.*?)(Ms)?$/.exec(name)!;
  const words = stem!.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const flag = `--${words}`;
  if (schema.type === 'boolean') return flag;
  if (schema.type === 'object') return `${flag} <key=value>`;
  return `${flag} <${schema.enum?.join('|') ?? (unit === undefined ? words : 'ms')}>`;
}

/** What stands by its place: a topic and its partition are one argument, `orders:0`. */
function placesOf(verb: Verb): { readonly shown: string; readonly names: readonly string[] }[] {
  const positional = Object.entries(verb.parameters).filter(([, { positional }]) => positional);
  const isOfPartition = positional.some(([name]) => name === 'partition');
  return positional.flatMap(([name, { required }]) => {
    if (name === 'partition') return [];
    const names = name === 'topic' && isOfPartition ? ['topic', 'partition'] : [name];
    const shown = names.join(':').replace('broker', 'node');
    return [{ shown: required ? `<${shown}>` : `[${shown}]`, names }];
  });
}

function read(shown: string, { kind }: Parameter<unknown>, given: string): unknown {
  const value = fromText(kind, given);
  const problem = problemOf(kind, value);
  if (problem === undefined) return value;
  throw new UsageError(`${shown} ${problem}`);
}

function addPair(pair: string, pairs: Readonly<Record<string, string>> = {}) {
  const at = pair.indexOf('=');
  if (at < 1) throw new UsageError(`'${pair}' is not KEY=VALUE`);
  return { ...pairs, [pair.slice(0, at)]: pair.slice(at + 1) };
}

function readPositional(verb: Verb, texts: readonly (string | undefined)[]): unknown[] {
  return placesOf(verb).flatMap(({ shown, names }, index) => {
    const text = texts[index];
    if (text === undefined) return [];
    const at = text.lastIndexOf(':');
    const parts = names.length === 1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
    if (names.length > 1 && at < 1) throw new UsageError(`${shown} must be like orders:0`);
    return names.map((name, part) => read(name, verb.parameters[name]!, parts[part]!));
  });
}

function addCommand(program: Command, group: readonly Verb[], chosen: Chosen): void {
  const [verb] = group as [Verb];
  const command = program.command(verb.command!).description(verb.about);
  for (const { shown } of placesOf(verb)) command.argument(shown);
  const options = Object.entries(verb.parameters)
    .filter(([, { positional }]) => !positional)
    .map(([name, parameter]) => {
      const { kind, about } = parameter;
      const option = new Option(flagOf(name, kind), about);
      if (kind.schema.type === 'object') option.argParser(addPair);
      else if (kind.schema.type !== 'boolean') {
        option.argParser((text) => read(option.long!, parameter, text));
      }
      command.addOption(option);
      return [name, option.attributeName()] as const;
    });
  command
    .addOption(
      new Option('--admin <port>', 'PORT or HOST:PORT of the cluster (default: 8082)') //
        .env('ODRADEK_ADMIN'),
    )
    .option('--json', 'the answer as JSON')
    .action(() => {
      const flags = command.optsWithGlobals<Record<string, unknown>>();
      const named = options.map(([name, attribute]) => [name, flags[attribute]] as const);
      chosen({
        verbs: group,
        positional: readPositional(verb, command.args),
        named: Object.fromEntries(named.filter(([, value]) => value !== undefined)),
        admin: flags.admin as string | undefined,
        json: flags.json === true,
      });
    });
}

type Chosen = (command: VerbCommand) => void;

/** A command for each word that the verbs have on the command line. */
export function addVerbCommands(program: Command, chosen: Chosen): void {
  const words = new Set(verbs.flatMap(({ command }) => command ?? []));
  for (const word of words) {
    const group = verbs.filter(({ command }) => command === word);
    addCommand(program, group, chosen);
  }
}
