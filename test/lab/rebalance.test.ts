import { describe, expect, test } from 'vitest';
import { type MemberKind, memberKinds } from '../../src/lab/groups/group-client.ts';
import type { Fate } from '../../src/lab/laboratory.ts';
import { GroupScene } from './group-scene.ts';

type Rebalance = (scene: GroupScene, kind: MemberKind) => void;

const rebalances: Readonly<Record<string, Rebalance>> = {
  'somebody joins': (scene, kind) => scene.clients.push(scene.group.join(kind, null, 0)),
  'somebody leaves': (scene) => scene.clients[0]!.member.leave(),
};
const cases = memberKinds.flatMap((kind) =>
  Object.entries(rebalances).map(([name, start]) => ({ kind, name, start })),
);
const classicStates = ['CompletingRebalance', 'PreparingRebalance', 'Stable'];
const statesOf = (kind: MemberKind, name: string): readonly string[] => {
  if (kind !== 'consumer') return classicStates;
  return name === 'somebody joins' ? ['Reconciling', 'Stable'] : ['Assigning', 'Stable'];
};

describe.each(cases)('$kind members: $name', ({ kind, name, start }) => {
  /** When nothing goes wrong: how many requests it takes, and after which events all is changed. */
  function undisturbed() {
    const scene = new GroupScene(kind);
    start(scene, kind);
    const changes = [0];
    for (let missing = true; missing; missing = scene.group.missing() !== undefined) {
      const untilMs = scene.laboratory.nowMs + 100;
      while (scene.laboratory.nowMs < untilMs) {
        const before = scene.progress;
        scene.step();
        if (scene.progress !== before) changes.push(scene.events);
      }
    }
    // What is lost of the next heartbeats matters as well.
    scene.advance(600);
    return { changes, requests: scene.requests };
  }

  test('the coordinator crashes after anything that happens', () => {
    const states = new Set<string>();
    for (const last of undisturbed().changes) {
      const scene = new GroupScene(kind);
      start(scene, kind);
      while (scene.events < last) scene.step();
      states.add(scene.state);
      scene.laboratory.cluster.crash(scene.coordinator!);
      scene.settle();
    }
    expect([...states].sort()).toEqual(statesOf(kind, name));
  }, 120_000);

  test.each<Fate>(['request-lost', 'response-lost'])(
    'any one message is lost: %s',
    (fate) => {
      const { requests } = undisturbed();
      expect(requests).toBeGreaterThan(5);
      for (let lost = 0; lost < requests; lost++) {
        const scene = new GroupScene(kind);
        scene.disturb((request) => (request === lost ? fate : 'delivered'));
        start(scene, kind);
        scene.settle();
        while (scene.requests <= lost) scene.advance(100);
        scene.settle();
      }
    },
    120_000,
  );
});
