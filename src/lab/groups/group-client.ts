import type { RequestOf } from '../../broker/request-context.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { Fate, Laboratory } from '../laboratory.ts';
import { watchCoordinator } from './acting-coordinator.ts';
import { ClassicGroupMember } from './classic-group-member.ts';
import type { CommitAudit } from './commit-audit.ts';
import { ConsumerGroupMember } from './consumer-group-member.ts';
import type { GroupMember } from './group-member.ts';
import type { GroupApi } from './member-wire.ts';

export const memberKinds = ['eager', 'cooperative', 'consumer'] as const;
export type MemberKind = (typeof memberKinds)[number];

interface ClientPlan {
  readonly kind: MemberKind;
  readonly name: string;
  readonly instanceId: string | null;
  readonly topics: readonly string[];
  readonly revokeMs: number;
}

interface ClientOptions {
  readonly laboratory: Laboratory;
  readonly groupId: string;
  readonly audit: CommitAudit;
  readonly fateOf: (api: GroupApi, request: RequestOf<GroupApi>) => Fate;
  /** A commit reaches a broker: what the coordinator may do with it. */
  readonly commitArrived: (brokerId: number, request: RequestOf<'OffsetCommit'>) => void;
  readonly ownedChanged: (client: GroupClient, brokerId: number | undefined) => void;
}

/** Nothing of it is committed, for certain; other errors may come after it was. */
const refusals: readonly number[] = [
  ErrorCode.ILLEGAL_GENERATION,
  ErrorCode.UNKNOWN_MEMBER_ID,
  ErrorCode.FENCED_INSTANCE_ID,
  ErrorCode.REBALANCE_IN_PROGRESS,
  ErrorCode.STALE_MEMBER_EPOCH,
];

const times = { sessionTimeoutMs: 3000, rebalanceTimeoutMs: 3000, heartbeatIntervalMs: 500 };

/** A member with something to do: it reads what is committed of what it is given, and commits. */
export class GroupClient {
  readonly member: GroupMember;
  readonly #options: ClientOptions;

  constructor(plan: ClientPlan, options: ClientOptions) {
    this.#options = options;
    const { laboratory, groupId, fateOf } = options;
    const of = {
      ...{ laboratory, groupId, fateOf, ...plan, ...times },
      arrived: <Name extends GroupApi>(brokerId: number, api: Name, request: RequestOf<Name>) => {
        if (api !== 'OffsetCommit') return;
        options.commitArrived(brokerId, request as RequestOf<'OffsetCommit'>);
      },
      ownedChanged: (member: GroupMember, brokerId: number | undefined) => {
        options.ownedChanged(this, brokerId);
        if (member.owned.size > 0) this.read([...member.owned]);
      },
    };
    this.member =
      plan.kind === 'consumer'
        ? new ConsumerGroupMember(of)
        : new ClassicGroupMember({ ...of, cooperative: plan.kind === 'cooperative' });
  }

  commit(keys: readonly string[]): void {
    const { audit } = this.#options;
    const offset = audit.begin(this.member.name);
    const offsets = new Map(keys.map((key) => [key, offset]));
    this.member.commit(offsets, ({ errorCodes }) => {
      for (const [key, errorCode] of errorCodes ?? []) {
        if (errorCode === ErrorCode.NONE) audit.acknowledged(offset, key);
        else if (refusals.includes(errorCode)) audit.refused(offset, key);
      }
    });
  }

  /** Asks what is committed. What a broker says that coordinates the group no more is not heard. */
  read(keys: readonly string[], done: () => void = () => {}): void {
    const { audit, laboratory, groupId } = this.#options;
    const floors = new Map(keys.map((key) => [key, audit.floor(key)]));
    const hasCoordinated = watchCoordinator(laboratory.cluster, groupId);
    this.member.fetchOffsets(keys, ({ offsets, brokerId }) => {
      if (offsets === undefined || !hasCoordinated(brokerId)) return;
      for (const [key, offset] of offsets) audit.fetched(key, offset, floors.get(key)!);
      done();
    });
  }
}
