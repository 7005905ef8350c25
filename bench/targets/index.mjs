// What is measured side by side. A target starts a cluster of N brokers; `needs` are the parts of
// build.mjs without which it is absent, `skips` is what it does not do that a broker does.
import { kafka } from './kafka.mjs';
import { kfake, mock, nullBroker, odradek } from './processes.mjs';

export { otherBuild } from './processes.mjs';
export const targets = { odradek, null: nullBroker, mock, kfake, kafka };
