import { readdirSync, readFileSync } from 'node:fs';
import type { Api } from '../../../src/protocol/api.ts';
import { readRequest } from '../../../src/protocol/header.ts';
import { apiByKey } from '../../../src/protocol/messages/index.ts';

/** A captured request: its bytes without the size and, where Odradek serves it, what they say. */
export interface CorpusFrame {
  readonly bytes: Buffer;
  readonly request:
    | { readonly api: Api<unknown, unknown>; readonly version: number; readonly body: unknown }
    | undefined;
}

type Line = readonly [apiKey: number, version: number, direction: string, hex: string];

/** Every request of the files in `folder` (test/fixtures/frames), in an order that stays. */
export function loadCorpus(folder: string): CorpusFrame[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  return files.flatMap((name) => {
    const { frames } = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as { frames: Line[] };
    return frames
      .filter(([, , direction]) => direction === 'request')
      .map(([apiKey, version, , hex]) => {
        const bytes = Buffer.from(hex, 'hex');
        return { bytes, request: understand(bytes, apiKey, version) };
      });
  });
}

function understand(bytes: Buffer, apiKey: number, version: number): CorpusFrame['request'] {
  const api = apiByKey(apiKey);
  if (api === undefined || version < api.versions[0] || version > api.versions[1]) return undefined;
  return { api, version, body: api.request(version).read(readRequest(bytes).body) };
}
