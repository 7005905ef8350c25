/**
 * What the end of a broker takes with it. `nothing`: the process dies, the machine lives, and what
 * was written is in its page cache. `unflushed`: the power fails, and what was not flushed is gone
 * (`flush.messages`). `all`: the disk is gone.
 */
export const losses = ['nothing', 'unflushed', 'all'] as const;
export type Loss = (typeof losses)[number];

/** What happens to a broker as a whole. */
export type BrokerEvent =
  | { readonly type: 'broker-started' }
  | { readonly type: 'broker-registered'; readonly brokerEpoch: number }
  | { readonly type: 'broker-crashed'; readonly loss: Loss }
  | { readonly type: 'broker-paused' }
  | { readonly type: 'broker-resumed' }
  | { readonly type: 'broker-shutting-down' }
  | { readonly type: 'broker-stopped' };
