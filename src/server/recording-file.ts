import type { Input, Json, Recorded, Recording } from './recording.ts';

/*
 * The file form of a recording, version 1: lines of JSON.
 * First  {"odradek":"recording","version":1,"seed":…,"startMs":…,"endMs":…,"options":…}
 * then per input an array: milliseconds since the start, the kind, and what belongs to it:
 *   [0,"opened",CONNECTION,BROKER,"HOST"]      [3,"received",CONNECTION,"BASE64"]
 *   [9,"ended"|"drained"|"closed",CONNECTION]  [9,"blocked",CONNECTION,SEND]
 *   [12,"operate","VERB",[ARGUMENTS]]
 */
const format = { odradek: 'recording', version: 1 } as const;

type Header = typeof format & Omit<Recording, 'inputs'>;
type Line = readonly [number, Input['type'], ...Json[]];

function writeInput(input: Input): Json[] {
  switch (input.type) {
    case 'opened':
      return [input.connectionId, input.brokerId, input.host];
    case 'received':
      return [input.connectionId, Buffer.from(input.bytes).toString('base64')];
    case 'blocked':
      return [input.connectionId, input.send];
    case 'operate':
      return [input.verb, input.args];
    case 'ended':
    case 'drained':
    case 'closed':
      return [input.connectionId];
  }
}

function readInput([, type, first, second, third]: Line): Input {
  const connectionId = Number(first);
  switch (type) {
    case 'opened':
      return { type, connectionId, brokerId: Number(second), host: String(third) };
    case 'received':
      return { type, connectionId, bytes: Buffer.from(String(second), 'base64') };
    case 'blocked':
      return { type, connectionId, send: Number(second) };
    case 'operate':
      return { type, verb: String(first), args: Array.isArray(second) ? second : [] };
    case 'ended':
    case 'drained':
    case 'closed':
      return { type, connectionId };
    default:
      throw new Error(`a recording has no input '${String(type)}'`);
  }
}

export function writeRecording({ inputs, ...about }: Recording): string {
  const lines = inputs.map(({ atMs, input }) =>
    JSON.stringify([atMs - about.startMs, input.type, ...writeInput(input)]),
  );
  return `${[JSON.stringify({ ...format, ...about }), ...lines].join('\n')}\n`;
}

/** Throws an `Error` that names the line for a text that is no recording. */
export function readRecording(text: string): Recording {
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const header = parse(first, 1) as Header;
  if (header?.odradek !== format.odradek) throw new Error('this is no recording of Odradek');
  if (header.version !== format.version) {
    throw new Error(`a recording of version ${header.version}; this reads ${format.version}`);
  }
  const { seed, startMs, endMs, options } = header;
  const inputs = lines.map((line, index): Recorded => {
    const fields = parse(line, index + 2) as Line;
    return { atMs: startMs + fields[0], input: readInput(fields) };
  });
  return { seed, startMs, endMs, options, inputs };
}

function parse(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`line ${number} of the recording is not JSON`, { cause: error });
  }
}
