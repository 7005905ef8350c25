import { describe, expect, test } from 'vitest';
import { encodeRequest } from '../../../src/protocol/header.ts';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import type { Connection } from '../harness/connection.ts';
import { frameOf, requestHeader } from '../harness/frame.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

async function expectClosedAfter(bytes: Uint8Array): Promise<void> {
  const connection = await cluster().connect();
  connection.write(bytes);
  await connection.expectClosedWithoutReply();
}

const askApiVersions = encodeRequest(apis.ApiVersions, 0, 9, 'conformance', {
  clientSoftwareName: '',
  clientSoftwareVersion: '',
});

/** Reads frames until they are `count`; their correlation ids. */
async function correlationIds(connection: Connection, count: number): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < count) ids.push((await connection.nextFrame()).readInt32BE(0));
  return ids;
}

describe('where frames begin and end', () => {
  test('a frame may come one byte at a time', async () => {
    const connection = await cluster().connect();
    for (const byte of askApiVersions) connection.write(Buffer.from([byte]));
    expect(await correlationIds(connection, 1)).toEqual([9]);
  });

  test('many frames may come in one piece', async () => {
    const connection = await cluster().connect();
    connection.write(Buffer.concat(Array.from({ length: 100 }, () => askApiVersions)));
    expect(await correlationIds(connection, 100)).toHaveLength(100);
    expect(connection.isOpen).toBe(true);
  });

  test('half a frame keeps nobody else waiting', async () => {
    const slow = await cluster().connect();
    slow.write(askApiVersions.subarray(0, askApiVersions.length - 3));
    const other = await cluster().connect();
    expect(await other.request(apis.ApiVersions, 0, {})).toMatchObject({ errorCode: 0 });
    slow.write(askApiVersions.subarray(askApiVersions.length - 3));
    expect(await correlationIds(slow, 1)).toEqual([9]);
  });

  test('a size below zero closes the connection', async () => {
    await expectClosedAfter(frameOf(Buffer.alloc(0), -1));
  });

  test('a size above socket.request.max.bytes closes the connection at once', async () => {
    await expectClosedAfter(frameOf(Buffer.alloc(0), 104_857_601));
  });

  test('the bytes of another protocol close the connection', async () => {
    await expectClosedAfter(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
  });

  test('a frame of no bytes closes the connection', async () => {
    await expectClosedAfter(frameOf(Buffer.alloc(0)));
  });

  test('a frame too short for a header closes the connection', async () => {
    await expectClosedAfter(frameOf(Buffer.from([0, 18, 0, 0, 0])));
  });
});

describe('what is asked for', () => {
  test.each([1000, -1, 32767])('API key %d closes the connection', async (apiKey) => {
    await expectClosedAfter(frameOf(requestHeader({ apiKey, version: 0, correlationId: 1 })));
  });

  test.each([
    ['Produce', 0, 2],
    ['Produce', 0, 14],
    ['Fetch', 1, 3],
    ['Fetch', 1, 19],
    ['ListOffsets', 2, 0],
    ['Metadata', 3, 14],
    ['CreateTopics', 19, 1],
    ['Metadata', 3, -1],
  ])('%s (key %d) version %d closes the connection', async (_, apiKey, version) => {
    await expectClosedAfter(frameOf(requestHeader({ apiKey, version, correlationId: 1 })));
  });

  test('a controller’s API (Vote, 52) closes the connection to a broker', async () => {
    await expectClosedAfter(frameOf(requestHeader({ apiKey: 52, version: 0, correlationId: 1 })));
  });

  test('a body that ends too early closes the connection', async () => {
    const header = requestHeader({ apiKey: 3, version: 1, correlationId: 1 });
    await expectClosedAfter(frameOf(Buffer.concat([header, Buffer.from([0, 0])])));
  });

  test('an array longer than its frame closes the connection', async () => {
    const header = requestHeader({ apiKey: 3, version: 1, correlationId: 1 });
    await expectClosedAfter(
      frameOf(Buffer.concat([header, Buffer.from([0x7f, 0xff, 0xff, 0xff])])),
    );
  });

  test('a string longer than its frame closes the connection', async () => {
    const header = requestHeader({ apiKey: 3, version: 1, correlationId: 1 });
    const body = Buffer.from([0, 0, 0, 1, 0x7f, 0xff, 0x61]);
    await expectClosedAfter(frameOf(Buffer.concat([header, body])));
  });

  test('bytes after the body are passed over', async () => {
    const connection = await cluster().connect();
    const header = requestHeader({ apiKey: 18, version: 0, correlationId: 5 });
    connection.write(frameOf(Buffer.concat([header, Buffer.from([1, 2, 3])])));
    expect(await correlationIds(connection, 1)).toEqual([5]);
  });

  test('a client id may be null', async () => {
    const connection = await cluster().connect();
    connection.write(encodeRequest(apis.Metadata, 1, 6, null, metadataOfNothing));
    expect(await correlationIds(connection, 1)).toEqual([6]);
  });

  test('any correlation id is given back', async () => {
    const connection = await cluster().connect();
    const ids = [0, -1, 2147483647, -2147483648, 3, 3];
    for (const id of ids) {
      connection.write(encodeRequest(apis.Metadata, 9, id, 'conformance', metadataOfNothing));
    }
    expect(await correlationIds(connection, ids.length)).toEqual(ids);
  });

  test('what came before a wrong frame is still answered', async () => {
    const connection = await cluster().connect();
    connection.write(askApiVersions);
    expect(await correlationIds(connection, 1)).toEqual([9]);
    connection.write(frameOf(requestHeader({ apiKey: 1000, version: 0, correlationId: 1 })));
    await connection.expectClosedWithoutReply();
  });

  test('others work on when one connection is closed for its bytes', async () => {
    const other = await cluster().connect();
    await expectClosedAfter(frameOf(Buffer.alloc(0), -1));
    expect(await other.request(apis.ApiVersions, 0, {})).toMatchObject({ errorCode: 0 });
  });
});

const metadataOfNothing = {
  topics: [],
  allowAutoTopicCreation: false,
  includeClusterAuthorizedOperations: false,
  includeTopicAuthorizedOperations: false,
};

describe('requests one after the other without waiting', () => {
  test('are answered in their order', async () => {
    const topic = await cluster().topic();
    const connection = await cluster().connect(await topic.leader());
    const offsets: number[] = [];
    const replies = Array.from({ length: 50 }, async (_, index) => {
      const reply = await connection.request(
        apis.Produce,
        13,
        topic.produceRequest(values(`${index}`), { acks: index % 2 === 0 ? -1 : 1 }),
      );
      offsets.push(reply.responses[0]!.partitionResponses[0]!.baseOffset);
    });
    await Promise.all(replies);
    expect(offsets).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect((await topic.records()).map(({ value }) => value)).toEqual(offsets.map(String));
  });

  test('a request that must wait holds back the ones behind it', async () => {
    const topic = await cluster().topic();
    const connection = await cluster().connect(await topic.leader());
    const order: string[] = [];
    const waiting = connection
      .request(apis.Fetch, 13, topic.fetchRequest({ maxWaitMs: 300, minBytes: 1 }))
      .then(() => order.push('fetch'));
    const behind = connection
      .request(apis.ApiVersions, 0, {})
      .then(() => order.push('api versions'));
    await Promise.all([waiting, behind]);
    expect(order).toEqual(['fetch', 'api versions']);
  });

  test('a Produce without a reply leaves no gap', async () => {
    const topic = await cluster().topic();
    const connection = await cluster().connect(await topic.leader());
    const first = connection.request(apis.Produce, 13, topic.produceRequest(values('a')));
    connection.post(apis.Produce, 13, topic.produceRequest(values('b'), { acks: 0 }));
    const third = connection.request(apis.Produce, 13, topic.produceRequest(values('c')));
    expect((await first).responses[0]!.partitionResponses[0]).toMatchObject({ baseOffset: 0 });
    expect((await third).responses[0]!.partitionResponses[0]).toMatchObject({ baseOffset: 2 });
  });
});
