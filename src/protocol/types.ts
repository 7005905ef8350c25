import { assert } from '../assert.ts';
import { MalformedFrame } from './malformed-frame.ts';
import type { Reader } from './reader.ts';
import { struct } from './struct.ts';
import type {
  Codec,
  Description,
  Fields,
  NullableType,
  Scalar,
  Type,
  ValueOf,
  Version,
} from './type.ts';
import type { Writer } from './writer.ts';

// The words that message tables are written in.

function scalar<T>(kind: Scalar, zero: T, codec: Codec<T>): Type<T> {
  return { description: { kind }, zero, at: () => codec };
}

export const boolean: Type<boolean> = scalar('bool', false, {
  minimumBytes: 1,
  read: (from) => from.boolean(),
  write: (to, value) => to.boolean(value),
});

export const int8: Type<number> = scalar('int8', 0, {
  minimumBytes: 1,
  read: (from) => from.int8(),
  write: (to, value) => to.int8(value),
});

export const int16: Type<number> = scalar('int16', 0, {
  minimumBytes: 2,
  read: (from) => from.int16(),
  write: (to, value) => to.int16(value),
});

export const uint16: Type<number> = scalar('uint16', 0, {
  minimumBytes: 2,
  read: (from) => from.int16() & 0xffff,
  write: (to, value) => to.int16(value),
});

export const int32: Type<number> = scalar('int32', 0, {
  minimumBytes: 4,
  read: (from) => from.int32(),
  write: (to, value) => to.int32(value),
});

/** A number: exact within ±2^53, rounded but in order beyond (docs/decisions/0002-int64.md). */
export const int64: Type<number> = scalar('int64', 0, {
  minimumBytes: 8,
  read: (from) => from.int64(),
  write: (to, value) => to.int64(value),
});

export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA';

/** As Kafka prints it: 22 characters of base64url. */
export const uuid: Type<string> = scalar('uuid', ZERO_UUID, {
  minimumBytes: 16,
  read: (from) => from.uuid(),
  write: (to, value) => to.uuid(value),
});

/** A length before a value; -1 is null. */
interface Length {
  readonly minimumBytes: number;
  read(from: Reader): number;
  write(to: Writer, length: number): void;
}

const int16Length: Length = {
  minimumBytes: 2,
  read: (from) => from.int16(),
  write: (to, length) => to.int16(length),
};

const int32Length: Length = {
  minimumBytes: 4,
  read: (from) => from.int32(),
  write: (to, length) => to.int32(length),
};

/** Length + 1, so that 0 can mean null. */
const compactLength: Length = {
  minimumBytes: 1,
  read: (from) => from.uvarint() - 1,
  write: (to, length) => to.uvarint(length + 1),
};

interface Body<T> {
  read(from: Reader, length: number): T;
  /** Writes the length too: only the body knows it. */
  write(to: Writer, value: T, length: Length): void;
}

function sized<T>(
  describe: () => Description,
  zero: T,
  inflexible: Length,
  bodyAt: (version: Version) => Body<T>,
): NullableType<T> {
  return {
    get description() {
      return describe();
    },
    zero,
    at(version) {
      const length = version.flexible ? compactLength : inflexible;
      const body = bodyAt(version);
      return {
        minimumBytes: length.minimumBytes,
        read(from) {
          const size = length.read(from);
          if (size < 0) throw new MalformedFrame(`null before byte ${from.position}`);
          return body.read(from, size);
        },
        write: (to, value) => body.write(to, value, length),
      };
    },
    atNullable(version) {
      const length = version.flexible ? compactLength : inflexible;
      const body = bodyAt(version);
      return {
        minimumBytes: length.minimumBytes,
        read(from) {
          const size = length.read(from);
          return size < 0 ? null : body.read(from, size);
        },
        write(to, value) {
          if (value === null) length.write(to, -1);
          else body.write(to, value, length);
        },
      };
    },
  };
}

export const string: NullableType<string> = sized(
  () => ({ kind: 'string' }),
  '',
  int16Length,
  () => ({
    read: (from, length) => from.string(length),
    write(to, value, length) {
      const sizeBytes = Buffer.byteLength(value, 'utf8');
      assert(sizeBytes <= 0x7fff, 'a string that is too long for the protocol');
      length.write(to, sizeBytes);
      to.utf8(value, sizeBytes);
    },
  }),
);

/** Reads as a view of the frame. */
export const bytes: NullableType<Uint8Array> = sized<Uint8Array>(
  () => ({ kind: 'bytes' }),
  new Uint8Array(0),
  int32Length,
  () => ({
    read: (from, length) => from.view(length),
    write(to, value, length) {
      length.write(to, value.length);
      to.copy(value);
    },
  }),
);

/** Record batches: one view of the frame on the way in, every chunk by reference on the way out. */
export const records: Type<readonly Uint8Array[] | null> = {
  ...nullable(
    sized<readonly Uint8Array[]>(
      () => ({ kind: 'records' }),
      [],
      int32Length,
      () => ({
        read: (from, length) => [from.view(length)],
        write(to, chunks, length) {
          let sizeBytes = 0;
          for (const chunk of chunks) sizeBytes += chunk.length;
          length.write(to, sizeBytes);
          for (const chunk of chunks) to.reference(chunk);
        },
      }),
    ),
  ),
  zero: null,
};

type ElementOf<X> =
  X extends Type<infer T>
    ? T
    : X extends Fields
      ? { readonly [K in keyof X]: ValueOf<X[K]> }
      : never;

/** Of a type, or of structs with the given fields. */
export function array<const X extends Type<unknown> | Fields>(
  of: X,
): NullableType<readonly ElementOf<X>[]> {
  const type = (isType(of) ? of : struct(of)) as Type<ElementOf<X>>;
  const describe = (): Description => ({ kind: 'array', of: type.description });
  return sized<readonly ElementOf<X>[]>(describe, [], int32Length, (version) => {
    const element = type.at(version);
    return {
      read(from, length) {
        from.checkElements(length, element.minimumBytes);
        const values: ElementOf<X>[] = [];
        for (let i = 0; i < length; i++) values.push(element.read(from));
        return values;
      },
      write(to, values, length) {
        length.write(to, values.length);
        for (const value of values) element.write(to, value);
      },
    };
  });
}

function isType(of: Type<unknown> | Fields): of is Type<unknown> {
  return typeof of.at === 'function';
}

/** May be null, from version `first` on. */
export function nullable<T>(type: NullableType<T>, first = 0): Type<T | null> {
  return {
    get description(): Description {
      return { kind: 'nullable', first, of: type.description };
    },
    get zero() {
      return type.zero;
    },
    at(version) {
      if (version.number >= first) return type.atNullable(version);
      const codec = type.at(version);
      return {
        ...codec,
        write(to, value) {
          assert(value !== null, `version ${version.number} cannot say null`);
          codec.write(to, value);
        },
      };
    },
  };
}

export const nullableString: Type<string | null> = nullable(string);
