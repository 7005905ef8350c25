import { gunzipSync, gzipSync } from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import lz4 from 'lz4js';
import xxh32 from 'lz4js/xxh32.js';
import snappy from 'snappyjs';

export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** Snappy as Java writes it: this magic, two versions, then blocks with their sizes. */
const xerialHeader = Buffer.from('82534e4150505900' + '00000001' + '00000001', 'hex');

export function compress(codec: Codec, plain: Uint8Array): Buffer {
  switch (codec) {
    case 'none':
      return Buffer.from(plain);
    case 'gzip':
      return gzipSync(plain);
    case 'lz4':
      return independentBlocks(Buffer.from(lz4.compress(plain)));
    case 'snappy': {
      const block = Buffer.from(snappy.compress(plain));
      return Buffer.concat([xerialHeader, int32(block.length), block]);
    }
    case 'zstd':
      return storedZstd(plain);
  }
}

export function decompress(codec: Codec, packed: Uint8Array): Buffer {
  switch (codec) {
    case 'none':
      return Buffer.from(packed);
    case 'gzip':
      return gunzipSync(packed);
    case 'lz4':
      return Buffer.from(lz4.decompress(packed));
    case 'snappy':
      return unsnappy(Buffer.from(packed));
    case 'zstd':
      return Buffer.from(unzstd(packed));
  }
}

function unsnappy(packed: Buffer): Buffer {
  if (!packed.subarray(0, 8).equals(xerialHeader.subarray(0, 8))) {
    return Buffer.from(snappy.uncompress(packed));
  }
  const blocks: Buffer[] = [];
  for (let at = xerialHeader.length; at < packed.length; ) {
    const end = at + 4 + packed.readInt32BE(at);
    blocks.push(Buffer.from(snappy.uncompress(packed.subarray(at + 4, end))));
    at = end;
  }
  return Buffer.concat(blocks);
}

/** A valid zstd frame of one stored block: Node 20 cannot compress zstd, and need not here. */
function storedZstd(plain: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(0xfd2fb528, 0);
  header.writeUInt8(0b1010_0000, 4); // one segment, four bytes of content size, no checksum
  header.writeUInt32LE(plain.length, 5);
  const blockHeader = Buffer.alloc(3);
  blockHeader.writeUIntLE((plain.length << 3) | 1, 0, 3); // last block, type stored
  return Buffer.concat([header, blockHeader, plain]);
}

/** lz4js claims that blocks depend on each other, which Kafka does not read; one block does not. */
function independentBlocks(frame: Buffer): Buffer {
  const independent = 0x20;
  const withContentSize = 0x08;
  const flags = frame.readUInt8(4) | independent;
  frame.writeUInt8(flags, 4);
  const checkedBytes = flags & withContentSize ? 10 : 2;
  const checksum = xxh32.hash(0, frame, 4, checkedBytes);
  frame.writeUInt8((checksum >>> 8) & 0xff, 4 + checkedBytes);
  return frame;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value, 0);
  return bytes;
}
