// Every scenario by the name that --only takes, in the order in which they run.
import { one } from './one.mjs';
import { three } from './three.mjs';

export const scenarios = { one, three };
