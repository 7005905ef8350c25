import type { Mutation } from './mutations.ts';

/** Rules of groups, each as it reads when broken. */
export const groupMutations: readonly Mutation[] = [
  {
    name: 'a classic member commits in a generation that is over',
    file: 'src/coordinator/classic-protocol.ts',
    find: 'generationId === this.#generationId ?',
    replace: 'generationId >= -9 ?',
    firstSeed: 11,
  },
  {
    name: 'a new coordinator begins no sessions of classic members',
    file: 'src/coordinator/classic-protocol.ts',
    find: 'for (const member of this.members.all()) this.#armSession(member);',
    replace: '',
    firstSeed: 106,
  },
  {
    name: 'an assignment is not written',
    file: 'src/coordinator/classic-protocol.ts',
    find: 'this.#host.write([groupMetadata(this, assignmentOf)], (errorCode) => {',
    replace: 'this.#host.write([], (errorCode) => {',
  },
  {
    name: 'a coordinator answers before what it has written is committed',
    file: 'src/coordinator/coordinator-journal.ts',
    find: 'this.#pending.add(lastOffset + 1, timeoutMs, done);',
    replace: 'this.#pending.add(0, timeoutMs, done);',
  },
  {
    name: 'a new coordinator does not read offsets',
    file: 'src/coordinator/coordinator-shard.ts',
    find: "if (record.type === 'offset-commit') this.offsets.replay(record, offset, producerId);",
    replace:
      "if (record.type === 'offset-commit') " +
      '{ if (this.isActive) this.offsets.replay(record, offset, producerId); }',
  },
  {
    name: 'a partition is given to another before it is given up',
    file: 'src/coordinator/consumer/reconcile.ts',
    find: 'if (revoked.size > 0 && owns(input, revoked)) {',
    replace: 'if (revoked.size < 0 && owns(input, revoked)) {',
  },
  {
    name: 'who says nothing of what it owns is taken to own nothing',
    file: 'src/coordinator/consumer/reconcile.ts',
    find: 'owned === null || overlaps(partitions, owned);',
    replace: 'owned !== null && overlaps(partitions, owned);',
  },
  {
    name: 'a partition that somebody holds counts as free',
    file: 'src/coordinator/consumer/reconcile.ts',
    find: '!isHeld(topicId, partition) || member',
    replace: 'true || member',
  },
  {
    name: 'a member commits with an epoch that is over',
    file: 'src/coordinator/consumer/consumer-group.ts',
    find: 'return epoch === undefined || memberEpoch < epoch ? stale : ErrorCode.NONE;',
    replace: 'return epoch === -9 ? stale : ErrorCode.NONE;',
  },
  {
    name: 'nobody takes over what a member leaves behind',
    file: 'src/coordinator/consumer/leave.ts',
    find: 'groupEpochRecord(groupId, group.epochs.groupEpoch + 1, metadataHash(names, topics)),',
    replace: 'groupEpochRecord(groupId, group.epochs.groupEpoch, metadataHash(names, topics)),',
  },
  {
    name: 'a topic that grows changes nothing',
    file: 'src/coordinator/consumer/group-change.ts',
    find: 'if (!bumps && hash === hashBefore) return groupEpoch;',
    replace: 'if (!bumps && hash > -1) return groupEpoch;',
    firstSeed: 11,
  },
  {
    name: 'no session of a consumer group ends',
    file: 'src/coordinator/consumer/consumer-sessions.ts',
    find: 'group.sessions.arm(memberId, timeoutMs, expired);',
    replace: 'if (timeoutMs < 0) expired();',
  },
];
