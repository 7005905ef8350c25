import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { expect, test } from 'vitest';
import { partitionForKey } from '../../../src/protocol/records/partition-for-key.ts';

const ofKafkajs = Partitioners.DefaultPartitioner();

test("a key goes where Kafka's own clients put it", () => {
  const property = (key: Uint8Array, partitionCount: number) => {
    const partitionMetadata = Array.from({ length: partitionCount }, (_, partitionId) => ({
      ...{ partitionId, leader: 1, replicas: [1], isr: [1], partitionErrorCode: 0 },
    }));
    const message = { key: Buffer.from(key), value: '' };
    const expected = ofKafkajs({ topic: 't', partitionMetadata, message });
    expect(partitionForKey(key, partitionCount)).toBe(expected);
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 50 }), property),
  );
});
