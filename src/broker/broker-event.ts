/** What happens to a broker as a whole. */
export type BrokerEvent =
  | { readonly type: 'broker-started' }
  | { readonly type: 'broker-registered'; readonly brokerEpoch: number }
  | { readonly type: 'broker-crashed' };
