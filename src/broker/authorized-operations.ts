/** Numbers of Kafka's AclOperation. */
const operation = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
} as const;

type Operation = keyof typeof operation;

const bits = (...operations: Operation[]): number =>
  operations.reduce((set, name) => set | (1 << operation[name]), 0);

/** What a client may do with a topic while nothing is forbidden to anyone (KIP-430). */
export const topicOperations = bits(
  'read',
  'write',
  'create',
  'delete',
  'alter',
  'describe',
  'describeConfigs',
  'alterConfigs',
);

/** What a client may do with a group while nothing is forbidden to anyone (KIP-430). */
export const groupOperations = bits(
  'read',
  'delete',
  'describe',
  'describeConfigs',
  'alterConfigs',
);

/** What a client may do with the cluster while nothing is forbidden to anyone (KIP-430). */
export const clusterOperations = bits(
  'create',
  'alter',
  'describe',
  'clusterAction',
  'describeConfigs',
  'alterConfigs',
  'idempotentWrite',
);
