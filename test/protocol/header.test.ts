import { describe, expect, test } from 'vitest';
import { AssertionFailure } from '../../src/assert.ts';
import type { Api } from '../../src/protocol/api.ts';
import {
  decodeResponse,
  encodeRequest,
  encodeResponse,
  readRequest,
} from '../../src/protocol/header.ts';
import { MalformedFrame } from '../../src/protocol/malformed-frame.ts';
import { ApiVersions } from '../../src/protocol/messages/api-versions.ts';
import { apiByKey, apis } from '../../src/protocol/messages/index.ts';
import { Metadata } from '../../src/protocol/messages/metadata.ts';
import { Produce } from '../../src/protocol/messages/produce.ts';

const everyApi: readonly Api<unknown, unknown>[] = Object.values(apis);
const fromHex = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('a request', () => {
  test.each(everyApi)('header of $name is read at every version', (api) => {
    const [first, last] = api.versions;
    for (let version = first; version <= last; version++) {
      const frame = encodeRequest(api, version, 77, 'me', api.requestType.zero);
      expect(frame.readInt32BE(0)).toBe(frame.length - 4);
      const { header, body } = readRequest(frame.subarray(4));
      expect(header).toEqual({
        apiKey: api.key,
        apiVersion: version,
        correlationId: 77,
        clientId: 'me',
      });
      expect(api.request(version).read(body)).toEqual(api.requestType.zero);
      expect(body.remaining).toBe(0);
    }
  });

  test.each([
    ['without a client id', '0003 0005 00000001 ffff', null],
    ['with any negative length of it', '0003 0005 00000001 fff0', null],
    ['flexible, its client id not compact', '0003 0009 00000001 0001 63 00', 'c'],
    ['flexible, with tags nobody knows', '0003 0009 00000001 0001 63 01 05 02 aaaa', 'c'],
  ])('%s', (_title, hex, clientId) => {
    const { header, body } = readRequest(fromHex(hex));
    expect(header.clientId).toBe(clientId);
    expect(body.remaining).toBe(0);
  });

  test.each([
    ['nothing', ''],
    ['half a header', '0003 0005 0000'],
    ['an unknown key', '0063 0000 00000001 0001 63'],
    ['a negative key', 'ffff 0000 00000001 0001 63'],
    ['a version above', '0003 000e 00000001 0001 63 00'],
    ['a version below', '0001 0003 00000001 0001 63'],
    ['Produce at a version that is only advertised', '0000 0002 00000001 0001 63'],
    ['InitProducerId at the unstable version', '0016 0006 00000001 0001 63 00'],
    ['a client id longer than the frame', '0003 0005 00000001 0009 63'],
  ])('with %s is malformed', (_title, hex) => {
    expect(() => readRequest(fromHex(hex))).toThrow(MalformedFrame);
  });

  test.each([
    ['99', '0012 0063 00000001 0001 63 00'],
    ['-1', '0012 ffff 00000001 0001 63'],
  ])('ApiVersions passes at version %s, so that it can be answered', (version, hex) => {
    const { header } = readRequest(fromHex(hex));
    expect(header).toMatchObject({ apiKey: 18, apiVersion: Number(version), correlationId: 1 });
  });

  test('ApiVersions above the flexible version must have the tags in its header', () => {
    expect(() => readRequest(fromHex('0012 0063 00000001 0001 63'))).toThrow(MalformedFrame);
  });
});

describe('a response', () => {
  test('has tags in its header when it is flexible', () => {
    const hex = (version: number) =>
      Buffer.concat(encodeResponse(Metadata, version, 5, Metadata.responseType.zero))
        .subarray(4)
        .toString('hex');
    expect(hex(8).slice(0, 16)).toBe('0000000500000000');
    expect(hex(9).slice(0, 18)).toBe('000000050000000000');
    expect(hex(9).length).toBeLessThan(hex(8).length);
  });

  test('of ApiVersions never has: its reader does not know the version yet', () => {
    const body = { ...ApiVersions.responseType.zero, errorCode: 35 };
    const hex = Buffer.concat(encodeResponse(ApiVersions, 3, 5, body)).toString('hex');
    expect(hex).toBe('0000000c' + '00000005' + '0023' + '01' + '00000000' + '00');
    expect(decodeResponse(ApiVersions, 3, fromHex(hex).subarray(4))).toEqual({
      correlationId: 5,
      body,
    });
  });

  test('skips tags in its header', () => {
    const plain = Buffer.concat(encodeResponse(Metadata, 9, 5, Metadata.responseType.zero));
    const withTag = Buffer.concat([
      plain.subarray(4, 8),
      fromHex('01 07 01 aa'),
      plain.subarray(9),
    ]);
    expect(decodeResponse(Metadata, 9, withTag).body).toEqual(Metadata.responseType.zero);
  });
});

describe('the register', () => {
  test('finds every API by its key', () => {
    for (const api of Object.values(apis)) expect(apiByKey(api.key)).toBe(api);
    expect(apiByKey(99)).toBeUndefined();
  });

  test('names every API as it is called, and stands in the order of the keys', () => {
    for (const [name, api] of Object.entries(apis)) expect(api.name).toBe(name);
    const keys = Object.values(apis).map(({ key }) => key);
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
  });

  test('advertises Produce from 0 on, though it is served from 3', () => {
    expect(Produce.advertised).toEqual([0, 13]);
    for (const api of Object.values(apis)) {
      if (api !== Produce) expect(api.advertised).toEqual(api.versions);
    }
  });

  test('has no codec for a version that is not served', () => {
    expect(() => Produce.request(2)).toThrow(AssertionFailure);
    expect(() => Produce.response(14)).toThrow(AssertionFailure);
  });
});
