import type { Reader } from './reader.ts';
import type { Codec, Field, Version } from './type.ts';
import type { Writer } from './writer.ts';

export interface NamedField extends Field<unknown> {
  readonly name: string;
}

type Struct = Record<string, unknown>;

interface Slot {
  readonly name: string;
  readonly codec: Codec<unknown>;
}

interface TaggedSlot extends Slot {
  readonly tag: number;
  readonly absent: unknown;
}

export function structCodec(fields: readonly NamedField[], version: Version): Codec<Struct> {
  const plain: Slot[] = [];
  const tagged: TaggedSlot[] = [];
  for (const { name, type, first, last, absent, tag } of fields) {
    if (version.number < first || version.number > last) continue;
    const codec = type.at(version);
    if (tag === null) plain.push({ name, codec });
    else if (version.flexible) tagged.push({ name, codec, tag, absent });
  }
  tagged.sort((a, b) => a.tag - b.tag);
  return {
    minimumBytes: plain.reduce(
      (sum, { codec }) => sum + codec.minimumBytes,
      version.flexible ? 1 : 0,
    ),
    ...compile(fields, plain, version.flexible ? tagged : null),
  };
}

/**
 * Writes the reader and writer of one struct as JavaScript: one object literal, one line per field.
 * A loop over fields would share its inline caches between all structs and stores by computed
 * name; this is 2 to 5 times as fast (docs/decisions/0003). Only names from our own tables get into
 * the source, never anything from the wire.
 */
function compile(
  fields: readonly NamedField[],
  plain: readonly Slot[],
  tagged: readonly TaggedSlot[] | null,
): Pick<Codec<Struct>, 'read' | 'write'> {
  const absent = Object.fromEntries(fields.map((field) => [field.name, field.absent]));
  const position = new Map(plain.map(({ name }, index) => [name, index]));
  // All keys at every version, in the table's order: every value of this struct has one shape.
  const properties = fields.map(({ name }) => {
    const key = JSON.stringify(name);
    const index = position.get(name);
    return `${key}: ${index === undefined ? `absent[${key}]` : `codec${index}.read(from)`},`;
  });
  const writes = plain.map(
    ({ name }, index) => `codec${index}.write(to, value[${JSON.stringify(name)}]);`,
  );
  const source = `
    ${plain.map((_, index) => `const codec${index} = plain[${index}].codec;`).join('\n')}
    return {
      read(from) {
        const value = { ${properties.join('\n')} };
        ${tagged === null ? '' : 'readTagged(from, tagged, value);'}
        return value;
      },
      write(to, value) {
        ${writes.join('\n')}
        ${tagged === null ? '' : 'writeTagged(to, tagged, value);'}
      },
    };`;
  const names = ['plain', 'tagged', 'absent', 'readTagged', 'writeTagged'];
  return new Function(...names, source)(plain, tagged, absent, readTagged, writeTagged);
}

function readTagged(from: Reader, slots: readonly TaggedSlot[], value: Struct): void {
  for (let left = from.uvarint(); left > 0; left--) {
    const tag = from.uvarint();
    // Of a tag it knows, Kafka ignores the size, right or wrong; nor does it mind the order.
    const sizeBytes = from.uvarint();
    const slot = slots.find((candidate) => candidate.tag === tag);
    if (slot === undefined) from.skip(sizeBytes);
    else value[slot.name] = slot.codec.read(from);
  }
}

function writeTagged(to: Writer, slots: readonly TaggedSlot[], value: Struct): void {
  let count = 0;
  for (const { name, absent } of slots) if (!isAbsent(value[name], absent)) count++;
  to.uvarint(count);
  if (count === 0) return;
  for (const { name, tag, codec, absent } of slots) {
    const field = value[name];
    if (isAbsent(field, absent)) continue;
    to.uvarint(tag);
    to.sized(() => codec.write(to, field));
  }
}

function isAbsent(value: unknown, absent: unknown): boolean {
  if (value === absent) return true;
  return Array.isArray(absent) && Array.isArray(value) && value.length === absent.length;
}
