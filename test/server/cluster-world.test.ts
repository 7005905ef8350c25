import { expect, test } from 'vitest';
import { buildWorld } from '../../src/server/build-world.ts';
import { resolveOptions } from '../../src/server/cluster-options.ts';
import type { Wire } from '../../src/server/connection.ts';
import { Entrance } from '../../src/server/entrance.ts';

function newWorld() {
  return buildWorld(resolveOptions({ brokers: 1 }), { seed: 1, startMs: 0 });
}

/** A wire that counts its ends. */
function countingWire(): Wire & { ends: number } {
  return {
    ends: 0,
    send: () => true,
    pause() {},
    resume() {},
    end() {
      this.ends++;
    },
    destroy() {},
  };
}

test('who comes before the broker has started is sent away, and nothing else happens', () => {
  const { world } = newWorld();
  const entrance = new Entrance({ world });
  const wire = countingWire();
  const connection = entrance.opened({ brokerId: 1, host: 'h' }, wire);
  entrance.received(connection, Buffer.from([0, 0, 0, 1, 7]));
  world.clock.settle();
  expect([wire.ends, connection.isOpen]).toEqual([1, false]);
});

test('a verb that nobody knows is a bug of ours', () => {
  const { world } = newWorld();
  expect(() => world.operate('explode', [])).toThrow(/there is no verb 'explode'/);
  expect(() => world.operate('crash', ['one'])).toThrow(/the verb is about a broker/);
});
