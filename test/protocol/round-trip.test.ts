import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryOf } from './arbitrary.ts';
import { decode, encode, everyMessage } from './codecs.ts';

test.each(everyMessage)('$title reads what it wrote', ({ type, version, codec }) => {
  fc.assert(
    fc.property(arbitraryOf(type, version), (value) => {
      const bytes = encode(codec, value);
      expect(bytes.length).toBeGreaterThanOrEqual(codec.minimumBytes);
      const back = decode(codec, bytes);
      expect(back).toEqual(value);
      expect(Object.keys(back as object)).toEqual(Object.keys(type.zero as object));
      expect(encode(codec, back)).toEqual(bytes);
    }),
    { numRuns: 40 },
  );
});
