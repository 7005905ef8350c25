import type { CoordinatorRecord } from '../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { GroupMetadataValue } from './classic-group-record.ts';
import { ClassicProtocol } from './classic-protocol.ts';
import type { ClassicStateName } from './classic-state.ts';
import type { Group, GroupHost, OffsetClient } from './group.ts';
import { subscribedTopics } from './subscribed-topics.ts';

/**
 * A group whose members assign the partitions themselves, whatever they mean by that (consumers,
 * Connect, Schema Registry). One that never has a member only keeps offsets.
 */
export class ClassicGroup implements Group {
  readonly type = 'classic';
  readonly groupId: string;
  readonly protocol: ClassicProtocol;

  constructor(groupId: string, host: GroupHost, written?: GroupMetadataValue) {
    this.groupId = groupId;
    this.protocol = new ClassicProtocol(groupId, host, written);
  }

  get stateName(): ClassicStateName {
    return this.protocol.state;
  }

  get protocolType(): string {
    return this.protocol.protocolType ?? '';
  }

  get isEmpty(): boolean {
    return this.protocol.state === 'Empty';
  }

  validateOffsetCommit(client: OffsetClient): ErrorCode {
    const { memberId, groupInstanceId, generationIdOrMemberEpoch: generationId } = client;
    const { state } = this.protocol;
    if (state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    if (generationId < 0 && state === 'Empty') return ErrorCode.NONE;
    if (generationId < 0 && memberId === '' && groupInstanceId === null) {
      return client.isTransactional ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
    }
    const errorCode = this.protocol.checkMember(memberId, groupInstanceId, generationId);
    if (errorCode !== ErrorCode.NONE || client.isTransactional) return errorCode;
    return state === 'CompletingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
  }

  /** It counts as a heartbeat. */
  offsetCommitted(memberId: string): void {
    this.protocol.touch(memberId);
  }

  validateOffsetFetch(): ErrorCode {
    return this.protocol.state === 'Dead' ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.NONE;
  }

  validateOffsetDelete(): ErrorCode {
    return this.protocolType === 'consumer' ? this.validateOffsetFetch() : this.validateDelete();
  }

  validateDelete(): ErrorCode {
    if (this.protocol.state === 'Dead') return ErrorCode.GROUP_ID_NOT_FOUND;
    return this.isEmpty ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP;
  }

  /** A consumer whose subscription cannot be read may be subscribed to anything. */
  isSubscribedTo(topic: string): boolean {
    const { protocolName, members } = this.protocol;
    if (this.protocolType !== 'consumer' || members.size === 0) return false;
    if (protocolName === null) return true;
    return members.all().some((member) => {
      const topics = subscribedTopics(member.metadataFor(protocolName));
      return topics === undefined || topics.includes(topic);
    });
  }

  offsetExpiryBaseMs(topic: string, commitTimestampMs: number): number | undefined {
    const { protocolType, state, stateSinceMs } = this.protocol;
    if (protocolType === null) return commitTimestampMs;
    if (state === 'Empty') return stateSinceMs ?? commitTimestampMs;
    const mayExpire = protocolType === 'consumer' && state === 'Stable';
    return mayExpire && !this.isSubscribedTo(topic) ? commitTimestampMs : undefined;
  }

  tombstones(): readonly CoordinatorRecord[] {
    return [{ type: 'group-metadata', key: { group: this.groupId }, value: null }];
  }

  loaded(): void {
    this.protocol.loaded();
  }

  unload(): void {
    this.protocol.unload(ErrorCode.NOT_COORDINATOR);
  }

  deleted(): void {
    this.protocol.end();
  }
}
