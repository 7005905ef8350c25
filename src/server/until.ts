import type { Stamped } from '../simulation/trace.ts';
import { ClusterError } from './cluster-error.ts';

export interface UntilOptions {
  /** Wall-clock milliseconds; default 5000, Infinity for no limit. */
  readonly withinMs?: number;
  /** Ends the wait early, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The part of a `Trace` that is needed here. */
interface Events {
  subscribe(reader: (stamped: ClusterStamped) => void): () => void;
}

type ClusterStamped = Stamped<{ readonly type: string }>;

/** One thing in the cluster that is waited for, of which most events tell nothing. */
export interface Subject {
  /** Whether it may be another one after this event. It is looked at when all of those are over. */
  mayChangeBy(stamped: ClusterStamped): boolean;
  /** Whether the event is worth telling when time is up. */
  tells(stamped: ClusterStamped): boolean;
  /** How it stands, in a sentence and lines below it. */
  describe(): string;
}

interface WaitOptions extends UntilOptions {
  /** What the text of E_TIMEOUT begins with. */
  readonly goal?: string;
  /** Default: the cluster, of which every event tells. */
  readonly subject?: Subject;
}

const withinDefaultMs = 5000;
const shownMax = 20;
/** Longer than a timer of Node can run. */
const forever = 2 ** 31;

const notYet = ['E_UNKNOWN_TOPIC', 'E_UNKNOWN_PARTITION', 'E_UNKNOWN_GROUP', 'E_NOT_RUNNING'];

/** Read while a topic or a group is not there yet, or its leader is gone. */
function isNotYet(error: unknown): boolean {
  if (!(error instanceof ClusterError)) return false;
  return notYet.includes(error.code);
}

/** One line of a trace: the time since the first of them, the node, what happened. */
function describe({ atMs, node, event }: ClusterStamped, startMs: number): string {
  const { type, ...details } = event;
  const text = JSON.stringify(details);
  return `  +${atMs - startMs} ms  ${node}  ${type}${text === '{}' ? '' : ` ${text}`}`;
}

function happened(count: number, last: readonly ClusterStamped[], where: string): string {
  if (count === 0) return `Nothing happened ${where} meanwhile.`;
  const startMs = last[0]!.atMs;
  const lines = last.map((each) => describe(each, startMs));
  return `What happened instead (the last ${last.length} of ${count} events):\n${lines.join('\n')}`;
}

/**
 * Resolves as soon as `predicate` holds: asked now, at every event of the trace, and once more when
 * what led to those events is over. Never polls, so it costs nothing while nothing happens.
 */
export function until(
  trace: Events,
  predicate: () => boolean,
  options: WaitOptions = {},
): Promise<void> {
  const { withinMs = withinDefaultMs, signal, goal, subject } = options;
  return new Promise((resolve, reject) => {
    const last: ClusterStamped[] = [];
    let count = 0;
    let over = false;
    let looksSoon = false;
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
    const expire = () => {
      const missed = `${goal === undefined ? '' : `${goal}: `}not within ${withinMs} ms.`;
      const events = happened(count, last, subject === undefined ? 'in the cluster' : 'to it');
      const text =
        subject === undefined ? `${missed} ` : `${missed} As it is, ${subject.describe()}\n`;
      end(() => reject(new ClusterError('E_TIMEOUT', `${text}${events}`)));
    };
    const timer = withinMs >= forever ? undefined : setTimeout(expire, withinMs);
    const lookSoon = () => {
      if (looksSoon) return;
      looksSoon = true;
      queueMicrotask(() => {
        looksSoon = false;
        look();
      });
    };
    const unsubscribe = trace.subscribe((stamped) => {
      if (subject?.tells(stamped) !== false) {
        last.push(stamped);
        if (last.length > shownMax) last.shift();
        count++;
      }
      if (subject?.mayChangeBy(stamped) === false) return;
      if (subject === undefined) look();
      lookSoon();
    });
    signal?.addEventListener('abort', aborted);
    if (signal?.aborted) aborted();
    else look();
  });
}
