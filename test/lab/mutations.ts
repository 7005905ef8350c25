/** A rule of replication, and how it reads when broken: `find` stands in `file` exactly once. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The first seed that is tried, where it takes more than a test has time for; else 1. */
  readonly firstSeed?: number;
}

export const mutations: readonly Mutation[] = [
  {
    name: 'the high watermark waits for the committed ISR alone, not for the one that is asked for',
    file: 'src/replication/leadership.ts',
    find: 'const waitedFor = maximalIsr(this.#isr);',
    replace: 'const waitedFor = this.#isr.isr;',
  },
  {
    name: 'a pending shrink counts as done',
    file: 'src/replication/isr.ts',
    find: "    case 'Committed':\n    case 'PendingShrink':\n      return state.isr;",
    replace:
      "    case 'Committed':\n      return state.isr;\n    case 'PendingShrink':\n" +
      '      return state.isr.filter((id) => !state.removed.includes(id));',
  },
  {
    name: 'the high watermark moves while the ISR is below its minimum',
    file: 'src/replication/leadership.ts',
    find: 'if (this.isUnderMinIsr && this.#settings.strictMinIsr) return;',
    replace: '',
  },
  {
    name: 'a follower joins the ISR without what is committed',
    file: 'src/replication/leadership.ts',
    find: 'progress.logEndOffset >= log.highWatermark &&',
    replace: '',
  },
  {
    name: 'a follower joins the ISR without anything of the leader epoch',
    file: 'src/replication/leadership.ts',
    find: 'progress.logEndOffset >= this.epochStartOffset',
    replace: 'true',
  },
  {
    name: 'acks=all is answered before the high watermark has reached the batch',
    file: 'src/replication/delayed-produce.ts',
    find: 'partition.log.highWatermark < requiredOffset',
    replace: 'partition.log.highWatermark < requiredOffset - 1',
  },
  {
    name: 'a follower keeps what its leader does not have',
    file: 'src/replication/truncation.ts',
    find: 'log.truncateTo(Math.min(target, log.logEndOffset));',
    replace: '',
  },
  {
    name: 'any replica that lives is elected',
    file: 'src/controller/election.ts',
    find: 'clean.includes(brokerId) && mayLead(brokerId)',
    replace: 'mayLead(brokerId)',
  },
  {
    name: 'a broker that is found dead stays in the ISR',
    file: 'src/controller/broker-changes.ts',
    find: 'const isr = partition.isr.filter((brokerId) => brokerId !== left);',
    replace: 'const isr = partition.isr;',
  },
  {
    name: 'who ended uncleanly stays eligible',
    file: 'src/controller/partition-change.ts',
    find: 'brokerId !== uncleanShutdown &&',
    replace: '',
  },
  {
    name: 'a new leader keeps the epoch of the old one',
    file: 'src/controller/cluster-metadata.ts',
    find: '(change.leader === undefined ? 0 : 1)',
    replace: '0',
  },
  {
    name: 'a retry of an idempotent producer is not recognised',
    file: 'src/log/producer-state.ts',
    find: 'if (entry === undefined) return undefined;\n    const first',
    replace: 'if (entry !== null) return undefined;\n    const first',
  },
  {
    name: 'a process acts on what was before its own registration',
    file: 'src/broker/broker.ts',
    find: 'if (this.brokerEpoch < 0 || metadata.offset <= this.brokerEpoch) {',
    replace: 'if (metadata.offset < 0) {',
  },
  {
    name: 'a controller votes for one who has less than itself',
    file: 'src/controller/raft/raft-node.ts',
    find: 'return end.epoch > own.epoch || (end.epoch === own.epoch && end.offset >= own.offset);',
    replace: 'return end.epoch >= 0 && own.epoch >= 0;',
  },
  {
    name: 'one controller fewer than a majority commits',
    file: 'src/controller/raft/leader-state.ts',
    find: '[majority(voters) - 1]!',
    replace: '[Math.max(0, majority(voters) - 2)]!',
  },
];
