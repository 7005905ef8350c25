import { expect, test, vi } from 'vitest';
import { ClusterError } from '../../src/server/cluster-error.ts';
import { until } from '../../src/server/until.ts';
import { Trace } from '../../src/simulation/trace.ts';

interface Event {
  readonly type: string;
  readonly offset?: number;
}

function newTrace(): Trace<Event> {
  let nowMs = 0;
  return new Trace<Event>({ now: () => (nowMs += 10), capacity: 10 });
}

test('resolves at once for what holds already', async () => {
  await until(newTrace(), () => true);
});

test('sees a state that lasts for one event only', async () => {
  const trace = newTrace();
  let offset = 0;
  const seen = until(trace, () => offset === 5);
  for (offset = 1; offset < 10; offset++) trace.record('broker 1', { type: 'appended', offset });
  await seen;
});

test('looks again after what led to the last event: a state may follow its event', async () => {
  const trace = newTrace();
  let leader = 1;
  const seen = until(trace, () => leader === 2);
  trace.record('broker 2', { type: 'became-leader' });
  leader = 2;
  await seen;
});

test('rejects with what the predicate throws', async () => {
  const failing = until(newTrace(), () => {
    throw new TypeError('mine');
  });
  await expect(failing).rejects.toThrow(TypeError);
});

test('a topic that is not there is not there yet', async () => {
  const trace = newTrace();
  let exists = false;
  const seen = until(trace, () => {
    if (exists) return true;
    throw new ClusterError('E_UNKNOWN_TOPIC', "there is no topic 'a'");
  });
  exists = true;
  trace.record('controller', { type: 'topic-created' });
  await seen;
});

test('ends with the reason of its signal', async () => {
  const controller = new AbortController();
  const waiting = until(newTrace(), () => false, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});

test('a timeout says what happened instead', async () => {
  vi.useFakeTimers();
  try {
    const trace = newTrace();
    const waiting = until(trace, () => false, { withinMs: 1000 });
    const failure = expect(waiting).rejects.toMatchObject({
      code: 'E_TIMEOUT',
      message: [
        'E_TIMEOUT: not within 1000 ms. What happened instead (the last 20 of 25 events):',
        ...Array.from(
          { length: 20 },
          (_, i) => `  +${i * 10} ms  broker 1  appended {"offset":${i + 5}}`,
        ),
      ].join('\n'),
    });
    for (let offset = 0; offset < 25; offset++)
      trace.record('broker 1', { type: 'appended', offset });
    vi.advanceTimersByTime(1000);
    await failure;
  } finally {
    vi.useRealTimers();
  }
});

test('a timeout where nothing happened says so', async () => {
  vi.useFakeTimers();
  try {
    const waiting = until(newTrace(), () => false);
    const failure = expect(waiting).rejects.toThrow(
      'within 5000 ms. Nothing happened in the cluster',
    );
    vi.advanceTimersByTime(5000);
    await failure;
  } finally {
    vi.useRealTimers();
  }
});
