import { buildWorld } from './build-world.ts';
import { ClusterError } from './cluster-error.ts';
import { type ClusterOptions, resolveOptions } from './cluster-options.ts';
import type { KafkaEvent } from './kafka-event.ts';
import type { Recording } from './recording.ts';
import { readRecording } from './recording-file.ts';
import { replay } from './replay.ts';

/**
 * Runs again what `cluster.recording()` wrote, without sockets and without waiting, and returns the
 * events of that run: those of the first one, with this version of Odradek. Throws `ClusterError`
 * E_BAD_RECORDING for a text that is no recording.
 */
export function replayRecording(text: string): readonly KafkaEvent[] {
  const recording = parse(text);
  const options = resolveOptions(recording.options as ClusterOptions);
  const { cluster, world } = buildWorld(options, recording);
  replay(recording, world);
  return cluster.trace.recent();
}

function parse(text: string): Recording {
  try {
    return readRecording(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ClusterError('E_BAD_RECORDING', reason, { cause });
  }
}
