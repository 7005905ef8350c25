// node bench/first-touch.mjs: what the first write to a page of memory costs. 512 MB are copied in
// pieces of 1 MB into blocks of 4 MB, as a log does it, and then once more into the same blocks.
const piece = Buffer.alloc(1 << 20, 1);
const blockBytes = 4 << 20;
const blockCount = 128;
const blocks = [];

function copyAll(blockAt) {
  const begin = process.hrtime.bigint();
  const { minorPageFault } = process.resourceUsage();
  for (let index = 0; index < blockCount; index++) {
    const block = blockAt(index);
    for (let at = 0; at < blockBytes; at += piece.length) block.set(piece, at);
  }
  const ns = Number(process.hrtime.bigint() - begin);
  const kibibytes = (blockCount * blockBytes) / 1024;
  const faults = (process.resourceUsage().minorPageFault - minorPageFault) / (kibibytes / 1024);
  return `${(ns / 1000 / kibibytes).toFixed(3)} µs per KiB, ${faults.toFixed(0)} page faults per MiB`;
}

const firstTime = (index) => {
  blocks[index] = Buffer.allocUnsafeSlow(blockBytes);
  return blocks[index];
};
console.log(`first time  ${copyAll(firstTime)}`);
console.log(`once more   ${copyAll((index) => blocks[index])}`);
