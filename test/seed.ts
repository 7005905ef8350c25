/**
 * Where random tests begin. Others each time, unless ODRADEK_TEST_SEED says: so CI judges a change
 * by the same cases every time, and everybody's `npm test` finds new ones (docs/decisions/0008).
 */
const { ODRADEK_TEST_SEED } = process.env;

export const freshSeed =
  ODRADEK_TEST_SEED === undefined ? Date.now() % 1_000_000_000 : Number(ODRADEK_TEST_SEED);

if (ODRADEK_TEST_SEED !== undefined) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ seed: freshSeed });
}
