import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apis } from '../../src/protocol/messages/index.ts';
import type { Description, FieldDescription } from '../../src/protocol/type.ts';
import { ZERO_UUID } from '../../src/protocol/types.ts';

// Holds every table against Kafka's own definitions, field by field, in order.

const directory = process.env.ODRADEK_KAFKA_MESSAGES;

interface KafkaField {
  readonly name: string;
  readonly type: string;
  readonly versions: string;
  readonly nullableVersions?: string;
  readonly taggedVersions?: string;
  readonly tag?: number;
  readonly default?: unknown;
  readonly fields?: readonly KafkaField[];
}

interface KafkaMessage {
  readonly apiKey: number;
  readonly validVersions: string;
  readonly flexibleVersions: string;
  readonly latestVersionUnstable?: boolean;
  readonly fields: readonly KafkaField[];
  readonly commonStructs?: readonly { name: string; fields: readonly KafkaField[] }[];
}

type Range = readonly [first: number, last: number];

/** Both sides are brought to this form. Ranges are those in which the parent is there, too. */
interface PlainField {
  readonly name: string;
  readonly type: string;
  readonly versions: string;
  readonly nullable: string;
  readonly tag: number | null;
  readonly default: unknown;
  readonly fields: readonly PlainField[];
}

const all: Range = [0, Infinity];
const none: Range = [Infinity, -Infinity];

const both = (a: Range, b: Range): Range => [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
const show = ([first, last]: Range): string =>
  first > last || first === Infinity ? 'none' : `${first}-${last}`;

function parseRange(text: string | undefined): Range {
  if (text === undefined || text === 'none') return none;
  const [first, last] = text.replace('+', '-Infinity').split('-');
  return [Number(first), Number(last ?? first)];
}

function readKafkaMessage(name: string): KafkaMessage {
  return JSON.parse(readFileSync(join(directory!, `${name}.json`), 'utf8'));
}

function kafkaFields(message: KafkaMessage, lastServed: number): PlainField[] {
  const common = new Map(message.commonStructs?.map(({ name, fields }) => [name, fields]));
  function plain(field: KafkaField, parent: Range): PlainField {
    const range = both(parseRange(field.versions), parent);
    const isArray = field.type.startsWith('[]');
    const element = field.type.replace('[]', '');
    const fields = field.fields ?? common.get(element);
    const nullable = both(parseRange(field.nullableVersions), range);
    if (field.tag !== undefined) expect(field.taggedVersions).toBe(field.versions);
    return {
      name: field.name[0]!.toLowerCase() + field.name.slice(1),
      type: `${isArray ? '[]' : ''}${fields === undefined ? element : 'struct'}`,
      versions: show(range),
      nullable: show(nullable),
      tag: field.tag ?? null,
      default: kafkaDefault(field, isArray, element),
      fields: (fields ?? []).map((child) => plain(child, range)),
    };
  }
  return message.fields
    .filter(({ versions }) => parseRange(versions)[0] <= lastServed)
    .map((field) => plain(field, all));
}

function kafkaDefault({ default: text }: KafkaField, isArray: boolean, element: string): unknown {
  if (text === 'null') return null;
  if (isArray) return [];
  if (element === 'string') return text ?? '';
  if (element === 'bool') return text === 'true' || text === true;
  if (element === 'uuid') return ZERO_UUID;
  if (element === 'bytes') return new Uint8Array(0);
  if (/^(u?int|float)/.test(element)) return Number(text ?? 0);
  // Records are null; a struct is one of nothing but defaults, which is null in our tables.
  return null;
}

/** A struct that is always there has no default but those of its fields. */
const isBareStruct = ({ type, tag }: FieldDescription) => type.kind === 'struct' && tag === null;

function ourFields(fields: readonly FieldDescription[], parent: Range): PlainField[] {
  return fields.map((field) => {
    const range = both([field.first, field.last], parent);
    const nullableFrom = field.type.kind === 'nullable' ? field.type.first : Infinity;
    const type = field.type.kind === 'nullable' ? field.type.of : field.type;
    const element = type.kind === 'array' ? type.of : type;
    return {
      name: field.name,
      type: `${type.kind === 'array' ? '[]' : ''}${element.kind}`,
      versions: show(range),
      nullable: show(both([nullableFrom, Infinity], range)),
      tag: field.tag,
      default: isBareStruct(field) ? null : field.absent,
      fields: element.kind === 'struct' ? ourFields(element.fields, range) : [],
    };
  });
}

function fieldsOf(description: Description): readonly FieldDescription[] {
  return description.kind === 'struct' ? description.fields : expect.fail('not a struct');
}

describe.skipIf(directory === undefined)('tables against the definitions of Kafka', () => {
  for (const api of Object.values(apis)) {
    describe(api.name, () => {
      test('key, versions, flexible from', () => {
        const request = readKafkaMessage(`${api.name}Request`);
        const response = readKafkaMessage(`${api.name}Response`);
        const [first, last] = parseRange(request.validVersions);
        expect(api.key).toBe(request.apiKey);
        expect(api.versions).toEqual([first, request.latestVersionUnstable ? last - 1 : last]);
        expect(response.validVersions).toBe(request.validVersions);
        expect([request, response].map((m) => parseRange(m.flexibleVersions)[0])).toEqual([
          api.flexible,
          api.flexible,
        ]);
      });

      for (const [kind, type] of [
        ['Request', api.requestType],
        ['Response', api.responseType],
      ] as const) {
        test(`fields of the ${kind.toLowerCase()}`, () => {
          const message = readKafkaMessage(`${api.name}${kind}`);
          expect(ourFields(fieldsOf(type.description), all)).toEqual(
            kafkaFields(message, api.versions[1]),
          );
        });
      }
    });
  }
});

if (directory === undefined) {
  console.warn(
    'definitions.test.ts was skipped: ODRADEK_KAFKA_MESSAGES names no directory of Kafka messages',
  );
}
