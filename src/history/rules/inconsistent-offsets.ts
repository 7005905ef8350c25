import type { Evidence } from '../evidence.ts';
import type { HistoryFinding } from '../finding.ts';

/** One offset, two values: replicas that disagree, or an offset given out again after a loss. */
export function* inconsistentOffsets(evidence: Evidence): Generator<HistoryFinding> {
  for (const { topic, partition, valuesAt } of evidence.partitions.values()) {
    for (const [offset, values] of valuesAt) {
      if (values.size === 1) continue;
      const told = [...values].map(([value, who]) => `'${value}' by ${who}`);
      yield {
        rule: 'inconsistent-offsets',
        message: `${topic}-${partition} offset ${offset} is ${told.join(' and ')}`,
        clients: [...new Set(values.values())],
        records: [...values.keys()].map((value) => ({ topic, partition, offset, value })),
      };
    }
  }
}
