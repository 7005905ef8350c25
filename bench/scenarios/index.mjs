// Every scenario by the name that --only takes, in the order in which they run.
import { freshOne, freshThree } from './fresh.mjs';
import { groupsOfMany } from './groups.mjs';
import { inProcess } from './in-process.mjs';
import { jvm } from './jvm.mjs';
import { one } from './one.mjs';
import { connections, partitions, stored } from './scale.mjs';
import { three } from './three.mjs';
import { transactions } from './transactions.mjs';

export const scenarios = {
  'in-process': inProcess,
  'fresh-one': freshOne,
  'fresh-three': freshThree,
  one,
  three,
  jvm,
  partitions,
  connections,
  stored,
  groups: groupsOfMany,
  transactions,
};
