import { build } from 'tsdown';

/** vitest's global setup for the tests that run what is published. */
export async function setup(): Promise<void> {
  await build({ logLevel: 'warn' });
}
