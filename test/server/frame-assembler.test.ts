import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedFrame } from '../../src/protocol/malformed-frame.ts';
import { BufferPool } from '../../src/server/buffer-pool.ts';
import { FrameAssembler } from '../../src/server/frame-assembler.ts';
import { framed } from './framed.ts';

class Sink {
  readonly frames: string[] = [];
  isReady = true;
  onFrame: () => void = () => {};

  ready(): boolean {
    return this.isReady;
  }

  frame(frame: Buffer): void {
    this.frames.push(frame.toString('latin1'));
    this.onFrame();
    frame.fill(0xdb); // it was borrowed
  }
}

function setUp(frameMaxBytes = 1 << 20) {
  const sink = new Sink();
  const pool = new BufferPool();
  const assembler = new FrameAssembler({ sink, pool, frameMaxBytes });
  return { sink, pool, assembler };
}

/** Cuts `bytes` at the given places, each chunk in memory of its own. */
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)), bytes.length];
  places.sort((a, b) => a - b);
  return places.slice(1).map((end, i) => Buffer.from(bytes.subarray(places[i]!, end)));
}

const texts = fc.array(
  fc.oneof(
    { arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 20 }), weight: 5 },
    fc.nat(3000).map((length) => 'x'.repeat(length)),
  ),
  { maxLength: 12 },
);

describe('FrameAssembler', () => {
  test('gives the same frames wherever the chunks end, and however often it must wait', () => {
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.nat(20_000), { maxLength: 20 }),
        fc.array(fc.nat(2), { minLength: 1, maxLength: 20 }),
        (frames, places, pauses) => {
          const { sink, assembler, pool } = setUp();
          let turn = 0;
          sink.onFrame = () => {
            sink.isReady = pauses[turn++ % pauses.length] !== 0;
          };
          const chunks = cut(Buffer.concat(frames.map(framed)), places);
          for (const [index, chunk] of chunks.entries()) {
            assembler.push(chunk);
            chunk.fill(0xdb);
            if (index % 3 === 0) resume(sink, assembler);
          }
          while (assembler.hasFrame()) resume(sink, assembler);
          expect(sink.frames).toEqual(frames);
          expect(assembler.keptBytes).toBe(0);
          expect(pool.keptBytes).toBeLessThanOrEqual(4 * 65_536);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('gives the same frames when the rest of a large one is read into its place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(300_000), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 10 }),
        fc.array(fc.boolean(), { maxLength: 6 }),
        (sizes, reads, pauses) => {
          const frames = sizes.map((size, i) => String.fromCharCode(97 + i).repeat(size));
          const bytes = Buffer.concat(frames.map(framed));
          const { sink, assembler } = setUp();
          let turn = 0;
          sink.onFrame = () => {
            sink.isReady = pauses[turn++] ?? true;
          };
          for (let at = 0, read = 0; at < bytes.length; read++) {
            const room = assembler.roomForRest() ?? Buffer.alloc(65_536);
            const count = Math.min(room.length, reads[read % reads.length]!, bytes.length - at);
            bytes.copy(room, 0, at, at + count);
            assembler.push(room.subarray(0, count));
            at += count;
            if (read % 2 === 0) resume(sink, assembler);
          }
          while (assembler.hasFrame()) resume(sink, assembler);
          expect(sink.frames).toEqual(frames);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('room is offered for a large rest alone, and of what came already', () => {
    const { assembler } = setUp(100 << 20);
    assembler.push(framed('small'));
    expect(assembler.roomForRest()).toBeUndefined();
    assembler.push(framed('x'.repeat(20_000)).subarray(0, 10));
    expect(assembler.roomForRest()).toBeUndefined();
    assembler.push(Buffer.alloc(19_994));
    expect(assembler.roomForRest()).toBeUndefined();
    assembler.push(framed(Buffer.alloc(1 << 20)).subarray(0, 1000));
    expect(assembler.roomForRest()).toBeUndefined(); // a claim, and little behind it
    const large = setUp(100 << 20).assembler;
    large.push(framed(Buffer.alloc(50 << 20)).subarray(0, 60_000));
    expect(large.roomForRest()!.length).toBeLessThan(128 << 10);
  });

  test('byte by byte', () => {
    const { sink, assembler } = setUp();
    for (const byte of Buffer.concat(['a', '', 'ccc'].map(framed))) {
      assembler.push(Buffer.from([byte]));
    }
    expect(sink.frames).toEqual(['a', '', 'ccc']);
  });

  test('a frame that lies whole in a chunk is not copied', () => {
    const { sink, assembler, pool } = setUp();
    const chunk = Buffer.concat(['one', 'two'].map(framed));
    assembler.push(chunk);
    expect(sink.frames).toEqual(['one', 'two']);
    expect(chunk.toString('hex')).toContain('db'.repeat(3)); // the sink wrote into the chunk itself
    expect(pool.keptBytes).toBe(0);
  });

  test.each([
    ['negative', -1],
    ['the least', -(2 ** 31)],
    ['one too large', 1001],
    ['the largest', 2 ** 31 - 1],
  ])('a length that is %s is refused as soon as it is there', (_, length) => {
    const { sink, assembler } = setUp(1000);
    const size = Buffer.alloc(4);
    size.writeInt32BE(length);
    assembler.push(framed('before'));
    assembler.push(size.subarray(0, 3));
    expect(() => assembler.push(size.subarray(3))).toThrow(MalformedFrame);
    expect(sink.frames).toEqual(['before']);
  });

  test('an impossible length behind a frame in progress is refused when its turn comes', () => {
    const { sink, assembler } = setUp();
    sink.onFrame = () => {
      sink.isReady = false;
    };
    assembler.push(Buffer.concat([framed('one'), Buffer.from([255, 255, 255, 255])]));
    expect(assembler.hasFrame()).toBe(true);
    sink.isReady = true;
    expect(() => assembler.resume()).toThrow(MalformedFrame);
  });

  test('the largest allowed frame passes', () => {
    const { sink, assembler } = setUp(1000);
    assembler.push(framed('x'.repeat(1000)));
    expect(sink.frames[0]).toHaveLength(1000);
  });

  test('memory grows with the bytes that came, not with the length that is claimed', () => {
    const before = process.memoryUsage().arrayBuffers;
    const claim = Buffer.from([6, 0, 0, 0, 1, 2, 3]); // 96 MiB, of which three bytes come
    const assemblers = Array.from({ length: 1000 }, () => {
      const { assembler } = setUp(100 << 20);
      assembler.push(claim);
      return assembler;
    });
    const grown = process.memoryUsage().arrayBuffers - before;
    expect(assemblers.every(({ keptBytes }) => keptBytes === 7)).toBe(true);
    expect(grown).toBeLessThan(2 << 20);
  });

  test('what waits behind a large frame does not hold on to its buffer', () => {
    const { sink, assembler, pool } = setUp(4 << 20);
    sink.onFrame = () => {
      sink.isReady = false;
    };
    const large = framed('x'.repeat(1 << 20));
    assembler.push(framed('first')); // now one is in progress
    assembler.push(Buffer.concat([large, framed('second')]));
    sink.isReady = true;
    assembler.resume();
    expect(sink.frames).toHaveLength(2);
    expect(pool.keptBytes).toBeGreaterThan(1 << 20);
    resume(sink, assembler);
    expect(sink.frames.at(-1)).toBe('second');
  });

  test('dropped in the middle of a frame it gives no more', () => {
    const { sink, assembler } = setUp();
    assembler.push(framed('kept').subarray(0, 5));
    sink.onFrame = () => {
      sink.isReady = false;
      assembler.drop();
    };
    assembler.push(Buffer.concat([framed('kept').subarray(5), framed('more'), framed('more')]));
    expect(sink.frames).toEqual(['kept']);
    expect(assembler.keptBytes).toBe(0);
    expect(assembler.hasFrame()).toBe(false);
  });
});

function resume(sink: Sink, assembler: FrameAssembler): void {
  sink.isReady = true;
  assembler.resume();
}

describe('BufferPool', () => {
  test('gives the hoped-for size only where it lies unused', () => {
    const pool = new BufferPool();
    const small = pool.take(100, 1 << 20);
    expect(small.length).toBe(512);
    pool.giveBack(Buffer.allocUnsafeSlow(1 << 20));
    expect(pool.take(100, 1 << 20).length).toBe(1 << 20);
    expect(pool.take(100, 1 << 20).length).toBe(512);
  });

  test('keeps no more than it may', () => {
    const pool = new BufferPool(3000);
    for (let i = 0; i < 10; i++) pool.giveBack(Buffer.allocUnsafeSlow(1024));
    expect(pool.keptBytes).toBe(2048);
    pool.giveBack(Buffer.allocUnsafeSlow(8 << 20));
    expect(pool.keptBytes).toBe(2048);
  });
});
