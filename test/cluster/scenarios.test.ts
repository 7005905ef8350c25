import { expect, test } from 'vitest';
import type { ClusterEvent } from '../../src/cluster/cluster-event.ts';
import type { Stamped } from '../../src/simulation/trace.ts';
import { World } from './world.ts';

/** A space-time trace that can be read aloud: when, where, about what, what. */
class Story {
  readonly world: World;
  readonly #lines: string[] = [];

  constructor(world: World) {
    this.world = world;
    world.cluster.trace.subscribe((stamped) => this.#tell(stamped));
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  say(text: string): void {
    this.#lines.push(`       --- ${text}`);
  }

  client(name: string, answer: { errorCode: number; baseOffset: number } | undefined): void {
    const outcome = answer === undefined ? 'waits' : `error ${answer.errorCode}`;
    this.#line('client', name, outcome);
  }

  #tell({ node, about, event }: Stamped<ClusterEvent>): void {
    const text = describe(event);
    if (text !== undefined) this.#line(node, about, text);
  }

  #line(node: string, about: string, text: string): void {
    const at = String(this.world.cluster.clock.now()).padStart(6);
    this.#lines.push(`${at}  ${node.padEnd(10)}  ${about.padEnd(4)} ${text}`.trimEnd());
  }
}

function describe(event: ClusterEvent): string | undefined {
  switch (event.type) {
    case 'appended':
      return `appended ${event.baseOffset}..${event.lastOffset} in epoch ${event.leaderEpoch}`;
    case 'high-watermark-advanced':
      return `high watermark ${event.from} -> ${event.to}`;
    case 'became-leader':
      return `leads epoch ${event.leaderEpoch}, in sync ${event.isr.join(',')}`;
    case 'became-follower':
      return `follows ${event.leader} in epoch ${event.leaderEpoch}`;
    case 'isr-change-proposed':
      return `asks for in-sync ${event.isr.join(',')}`;
    case 'isr-changed':
      return `in sync ${event.isr.join(',')}`;
    case 'truncated':
      return `cut back to ${event.logEndOffset}`;
    case 'broker-crashed':
      return 'crashed';
    case 'broker-started':
      return 'started';
    case 'message-held':
      return `held ${event.label} ${event.from} -> ${event.to}`;
    default:
      return undefined;
  }
}

test('a follower falls silent: acks=all waits until it has left the in-sync replicas', async () => {
  const world = new World({ config: { 'replica.lag.time.max.ms': '1000' } });
  const story = new Story(world);
  world.createTopic('t', [[1, 2, 3]], { 'min.insync.replicas': '2' });
  story.client('x', world.produce('t', ['x'])());
  story.say('broker 3 hears nothing more from broker 1');
  world.cluster.network.setLink({ from: 1, to: 3 }, { cut: true });
  const answer = world.produce('t', ['y'], { timeoutMs: 5000 });
  story.client('y', answer());
  world.advance(2000);
  story.client('y', answer());
  await expect(story.text()).toMatchFileSnapshot('../scenarios/silent-follower.txt');
});

test('a leader crashes: what only it had is cut off when it comes back', async () => {
  const world = new World();
  const story = new Story(world);
  world.createTopic('t', [[1, 2, 3]]);
  story.client('x', world.produce('t', ['x'])());
  story.say('broker 1 is heard by nobody, and takes a write with acks=1');
  for (const follower of [2, 3])
    world.cluster.network.setLink({ from: 1, to: follower }, { cut: true });
  story.client('lost', world.produce('t', ['lost'], { acks: 1 })());
  world.cluster.crash(1);
  for (const follower of [2, 3])
    world.cluster.network.setLink({ from: 1, to: follower }, { cut: false });
  world.advance(400);
  story.client('y', world.produce('t', ['y'])());
  world.cluster.restart(1);
  world.advance(1000);
  await expect(story.text()).toMatchFileSnapshot('../scenarios/leader-crash.txt');
});

test('the same seed tells the same story, byte for byte', () => {
  const tell = () => {
    const world = new World({ seed: 42 });
    const events: string[] = [];
    world.cluster.trace.subscribe((stamped) => events.push(JSON.stringify(stamped)));
    world.cluster.network.setLink({ from: 1, to: 2 }, { latencyMs: 5, jitterMs: 20 });
    world.createTopic('t', [[1, 2, 3]]);
    for (let round = 0; round < 50; round++) {
      world.produce('t', [`v${round}`], { acks: round % 2 === 0 ? -1 : 1 });
      world.advance(7);
    }
    world.cluster.crash(2);
    world.advance(5000);
    return events.join('\n');
  };
  const first = tell();
  expect(first.length).toBeGreaterThan(1000);
  expect(tell()).toBe(first);
});
