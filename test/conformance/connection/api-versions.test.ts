import { describe, expect, test } from 'vitest';
import { decodeResponse } from '../../../src/protocol/header.ts';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { frameOf, requestHeader } from '../harness/frame.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const software = { clientSoftwareName: 'conformance', clientSoftwareVersion: '1.0' };

describe('a supported version', () => {
  test.each([0, 1, 2, 3, 4])('version %d lists the APIs', async (version) => {
    const reply = await cluster().request(apis.ApiVersions, version, software);
    expect(reply.errorCode).toBe(0);
    expect(reply.apiKeys.map(({ apiKey }) => apiKey)).toEqual(
      expect.arrayContaining([0, 1, 2, 3, 18, 19, 20, 22, 32, 37, 44, 60, 75]),
    );
  });

  test('the versions of each API are those of Kafka 4.3', async () => {
    const reply = await cluster().request(apis.ApiVersions, 4, software);
    const ranges = new Map(
      reply.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]),
    );
    for (const [name, key, range] of served) {
      expect([name, ranges.get(key)]).toEqual([name, range]);
    }
  });

  test('Produce is listed from 0, though it is served from 3', async () => {
    const reply = await cluster().request(apis.ApiVersions, 4, software);
    expect(reply.apiKeys.find(({ apiKey }) => apiKey === 0)).toMatchObject({
      minVersion: 0,
      maxVersion: 13,
    });
  });

  test('each API is listed once, in ascending order', async () => {
    const reply = await cluster().request(apis.ApiVersions, 4, software);
    const keys = reply.apiKeys.map(({ apiKey }) => apiKey);
    expect(keys).toEqual([...new Set(keys)].sort((one, other) => one - other));
  });

  test('all brokers list the same', async () => {
    const lists = await Promise.all(
      cluster().brokerIds.map(async (brokerId) => {
        return (await cluster().request(apis.ApiVersions, 4, software, brokerId)).apiKeys;
      }),
    );
    expect(lists[1]).toEqual(lists[0]);
    expect(lists[2]).toEqual(lists[0]);
  });

  test('features that reach down to 0 are left out of version 3, not of version 4', async () => {
    const three = await cluster().request(apis.ApiVersions, 3, software);
    const four = await cluster().request(apis.ApiVersions, 4, software);
    expect(three.supportedFeatures.filter(({ minVersion }) => minVersion === 0)).toEqual([]);
    expect(three.supportedFeatures.map(({ name }) => name)).toContain('metadata.version');
    const names = four.supportedFeatures.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(three.supportedFeatures.map(({ name }) => name)));
  });

  test('it may be asked again on the same connection', async () => {
    const connection = await cluster().connect();
    for (let round = 0; round < 3; round++) {
      expect(await connection.request(apis.ApiVersions, 3, software)).toMatchObject({
        errorCode: 0,
      });
    }
  });
});

describe('the name of the client software', () => {
  test.each([
    ['', '1.0'],
    ['conformance', ''],
    ['-conformance', '1.0'],
    ['conformance', '1.0-'],
    ['con formance', '1.0'],
    ['confürmance', '1.0'],
  ])('%j %j is INVALID_REQUEST', async (clientSoftwareName, clientSoftwareVersion) => {
    const connection = await cluster().connect();
    const reply = await connection.request(apis.ApiVersions, 3, {
      clientSoftwareName,
      clientSoftwareVersion,
    });
    expect(errorName(reply.errorCode)).toBe('INVALID_REQUEST');
    expect(reply.apiKeys).toEqual([]);
    expect(await connection.request(apis.ApiVersions, 3, software)).toMatchObject({ errorCode: 0 });
  });

  test.each(['a', 'a.b-c', 'A1'])('%s is accepted', async (clientSoftwareName) => {
    const reply = await cluster().request(apis.ApiVersions, 3, {
      clientSoftwareName,
      clientSoftwareVersion: '1.0-rc.1',
    });
    expect(errorName(reply.errorCode)).toBe('NONE');
  });
});

describe('a version that is not supported', () => {
  test.each([5, 99, 32767])('version %d is answered as version 0', async (version) => {
    const connection = await cluster().connect();
    connection.write(
      frameOf(requestHeader({ apiKey: 18, version, correlationId: 77, flexible: true })),
    );
    const frame = await connection.nextFrame();
    const { correlationId, body } = decodeResponse(apis.ApiVersions, 0, frame);
    expect(correlationId).toBe(77);
    expect(errorName(body.errorCode)).toBe('UNSUPPORTED_VERSION');
    expect(body.apiKeys).toEqual([{ apiKey: 18, minVersion: 0, maxVersion: 4 }]);
    expect(frame).toHaveLength(4 + 2 + 4 + 6);
  });

  test('whatever follows the header is not looked at, and the connection goes on', async () => {
    const connection = await cluster().connect();
    const junk = Buffer.from('any bytes at all');
    const header = requestHeader({ apiKey: 18, version: 42, correlationId: 1, flexible: true });
    connection.write(frameOf(Buffer.concat([header, junk])));
    await connection.nextFrame();
    expect(await connection.request(apis.ApiVersions, 0, {})).toMatchObject({ errorCode: 0 });
  });

  test('a version below 0 is answered the same way', async () => {
    const connection = await cluster().connect();
    connection.write(frameOf(requestHeader({ apiKey: 18, version: -1, correlationId: 1 })));
    const { body } = decodeResponse(apis.ApiVersions, 0, await connection.nextFrame());
    expect(errorName(body.errorCode)).toBe('UNSUPPORTED_VERSION');
  });
});

const served: readonly (readonly [string, number, readonly [number, number]])[] = [
  ['Produce', 0, [0, 13]],
  ['Fetch', 1, [4, 18]],
  ['ListOffsets', 2, [1, 11]],
  ['Metadata', 3, [0, 13]],
  ['FindCoordinator', 10, [0, 6]],
  ['ApiVersions', 18, [0, 4]],
  ['CreateTopics', 19, [2, 7]],
  ['DeleteTopics', 20, [1, 6]],
  ['DeleteRecords', 21, [0, 2]],
  ['InitProducerId', 22, [0, 5]],
  ['OffsetForLeaderEpoch', 23, [2, 4]],
  ['DescribeConfigs', 32, [1, 4]],
  ['AlterConfigs', 33, [0, 2]],
  ['CreatePartitions', 37, [0, 3]],
  ['IncrementalAlterConfigs', 44, [0, 1]],
  ['DescribeCluster', 60, [0, 2]],
  ['DescribeTopicPartitions', 75, [0, 0]],
];
