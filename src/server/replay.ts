import type { Connection, Wire } from './connection.ts';
import { Entrance } from './entrance.ts';
import type { Input, Recording } from './recording.ts';
import type { World } from './world.ts';

/** Hears what a replayed connection sends, in the pieces in which it was sent. */
type SentListener = (connectionId: number, chunks: readonly Uint8Array[]) => void;

/**
 * Runs a recording against `world`: a fresh cluster of the recording's seed and options whose clock
 * stands at its `startMs`. No sockets, no wall time; afterwards the clock stands at `endMs`.
 */
export function replay(recording: Recording, world: World, onSent: SentListener = () => {}): void {
  const entrance = new Entrance({ world });
  const connections = new Map<number, Connection>();
  const blocked = blockedSends(recording);
  for (const { atMs, input } of recording.inputs) {
    if (input.type === 'blocked') continue;
    world.clock.advanceTo(atMs);
    if (input.type === 'opened') {
      const wire = replayedWire(input.connectionId, blocked, onSent);
      connections.set(input.connectionId, entrance.opened(input, wire));
    } else {
      apply(entrance, connections, input);
    }
  }
  world.clock.advanceTo(recording.endMs);
}

type LaterInput = Exclude<Input, { type: 'opened' | 'blocked' }>;

function apply(
  entrance: Entrance,
  connections: ReadonlyMap<number, Connection>,
  input: LaterInput,
): void {
  if (input.type === 'operate') {
    operate(entrance, input);
    return;
  }
  const connection = connections.get(input.connectionId);
  if (connection === undefined) throw new Error(`no connection ${input.connectionId} was opened`);
  if (input.type === 'received') entrance.received(connection, Buffer.from(input.bytes));
  else entrance[input.type](connection);
}

/** A verb that was refused is refused again; whoever called it then has heard of it. */
function operate(entrance: Entrance, input: Extract<Input, { type: 'operate' }>): void {
  try {
    entrance.operate(input.verb, ...input.args);
  } catch (error) {
    if (error instanceof Error && error.name === 'AssertionFailure') throw error;
  }
}

const sendKey = (connectionId: number, send: number) => `${connectionId}:${send}`;

function blockedSends({ inputs }: Recording): ReadonlySet<string> {
  const keys = inputs.map(({ input }) =>
    input.type === 'blocked' ? sendKey(input.connectionId, input.send) : '',
  );
  return new Set(keys);
}

function replayedWire(
  connectionId: number,
  blocked: ReadonlySet<string>,
  onSent: SentListener,
): Wire {
  let sends = 0;
  return {
    send(chunks) {
      onSent(connectionId, chunks);
      return !blocked.has(sendKey(connectionId, ++sends));
    },
    pause() {},
    resume() {},
    end() {},
    destroy() {},
  };
}
