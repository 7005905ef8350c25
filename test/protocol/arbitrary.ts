import fc, { type Arbitrary } from 'fast-check';
import type { Description, FieldDescription, Type, Version } from '../../src/protocol/type.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const buffer = (maxLength: number) => fc.uint8Array({ maxLength }).map((b) => Buffer.from(b));
const int = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });

/** Exact integers, and doubles out to the ends of int64: every one of them is some int64. */
const int64 = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(-1, 0, 2 ** 53, 2 ** 60, 2 ** 63, -(2 ** 63)),
  fc
    .tuple(fc.maxSafeInteger(), fc.integer({ min: 1, max: 1024 }))
    .map(([base, factor]) => Math.max(-(2 ** 63), Math.min(2 ** 63, base * factor)) + 0),
);

const scalars = {
  bool: fc.boolean(),
  int8: int(8),
  int16: int(16),
  uint16: fc.nat(0xffff),
  int32: int(32),
  int64,
  uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((b) => base64Url(b)),
  string: text,
  bytes: buffer(40),
  records: buffer(80).map((chunk) => [chunk]),
};

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

/** Values of a type as they are at a version, found by walking its description. */
export function arbitraryOf<T>(type: Type<T>, version: Version): Arbitrary<T> {
  return describedBy(type.description, version) as Arbitrary<T>;
}

function describedBy(description: Description, version: Version): Arbitrary<unknown> {
  switch (description.kind) {
    case 'array':
      return fc.array(describedBy(description.of, version), { maxLength: 3 });
    case 'nullable': {
      const value = describedBy(description.of, version);
      return version.number >= description.first ? fc.option(value, { freq: 3 }) : value;
    }
    case 'struct':
      return fc.record(
        Object.fromEntries(
          description.fields.map((field) => [field.name, fieldArbitrary(field, version)]),
        ),
      );
    default:
      return scalars[description.kind];
  }
}

function fieldArbitrary(field: FieldDescription, version: Version): Arbitrary<unknown> {
  const absent = fc.constant(field.absent);
  if (version.number < field.first || version.number > field.last) return absent;
  const value = describedBy(field.type, version);
  return field.tag === null ? value : fc.oneof(absent, value);
}
