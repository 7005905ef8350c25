/**
 * V8 compiles a function well when it has run for a while, and many a broker of a test is gone by
 * then. The first thousand fetches that are woken by a produce take half the time with a sixth of
 * its patience (bench/README.md, "Where the time goes"). Not for a process that is not ours.
 */
export async function compileSooner(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--interrupt-budget=20000');
}
