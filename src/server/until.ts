import type { Stamped } from '../simulation/trace.ts';
import { ClusterError } from './cluster-error.ts';

export interface UntilOptions {
  /** Wall-clock milliseconds; default 5000, Infinity for no limit. */
  readonly withinMs?: number;
  /** Ends the wait early, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** `goal` is what the text of E_TIMEOUT begins with. */
interface WaitOptions extends UntilOptions {
  readonly goal?: string;
}

/** The part of a `Trace` that is needed here. */
interface Events {
  subscribe(reader: (stamped: Stamped<object>) => void): () => void;
}

const withinDefaultMs = 5000;
const shownMax = 20;

/** Read while a topic is not there yet, or its leader is gone. */
function isNotYet(error: unknown): boolean {
  if (!(error instanceof ClusterError)) return false;
  return ['E_UNKNOWN_TOPIC', 'E_UNKNOWN_PARTITION', 'E_NOT_RUNNING'].includes(error.code);
}

/** One line of a trace: the time since the first of them, the node, what happened. */
function describe({ atMs, node, event }: Stamped<object>, startMs: number): string {
  const { type, ...details } = event as { type?: string };
  const text = JSON.stringify(details);
  return `  +${atMs - startMs} ms  ${node}  ${type ?? ''}${text === '{}' ? '' : ` ${text}`}`;
}

function timeout(goal: string, count: number, last: readonly Stamped<object>[]): ClusterError {
  const startMs = last[0]?.atMs ?? 0;
  const lines = last.map((each) => describe(each, startMs));
  const happened =
    count === 0
      ? 'Nothing happened in the cluster meanwhile.'
      : `What happened instead (the last ${last.length} of ${count} events):\n${lines.join('\n')}`;
  return new ClusterError('E_TIMEOUT', `${goal}. ${happened}`);
}

/**
 * Resolves as soon as `predicate` holds: asked now, at every event of the trace, and once more when
 * what led to that event is over. Never polls, so it costs nothing while nothing happens.
 */
export function until(
  trace: Events,
  predicate: () => boolean,
  options: WaitOptions = {},
): Promise<void> {
  const { withinMs = withinDefaultMs, signal, goal } = options;
  return new Promise((resolve, reject) => {
    const last: Stamped<object>[] = [];
    let count = 0;
    let over = false;
    const end = (settle: () => void) => {
      over = true;
      unsubscribe();
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      settle();
    };
    const look = () => {
      if (over) return;
      try {
        if (predicate()) end(resolve);
      } catch (error) {
        if (!isNotYet(error)) end(() => reject(error));
      }
    };
    const aborted = () => end(() => reject(signal?.reason));
    const missed = `${goal === undefined ? '' : `${goal}: `}not within ${withinMs} ms`;
    const expire = () => end(() => reject(timeout(missed, count, last)));
    const timer = withinMs === Infinity ? undefined : setTimeout(expire, withinMs);
    const unsubscribe = trace.subscribe((stamped) => {
      last.push(stamped);
      if (last.length > shownMax) last.shift();
      count++;
      look();
      queueMicrotask(look);
    });
    signal?.addEventListener('abort', aborted);
    if (signal?.aborted) aborted();
    else look();
  });
}
