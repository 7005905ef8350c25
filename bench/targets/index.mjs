// What is measured side by side. A target starts a cluster of N brokers and says where it listens
// and which processes it is; `skips` is what it does not do that Odradek does.
import { kafka } from './kafka.mjs';
import { kfake, mock, nullBroker, odradek } from './processes.mjs';

export const targets = { odradek, null: nullBroker, mock, kfake, kafka };
