import type { ClassicStateName } from './classic-state.ts';
import type { ConsumerGroupEvent } from './consumer/consumer-group-event.ts';
import type { TransactionEvent } from './transactions/transaction-event.ts';

/** What happens at a coordinator: to its partition, or to one of its groups. */
export type CoordinatorEvent =
  | ConsumerGroupEvent
  | TransactionEvent
  | { readonly type: 'coordinator-loaded'; readonly partition: number; readonly groups: number }
  | { readonly type: 'coordinator-unloaded'; readonly partition: number }
  | {
      readonly type: 'group-state-changed';
      readonly from: ClassicStateName;
      readonly to: ClassicStateName;
    }
  | { readonly type: 'member-joined'; readonly memberId: string }
  | { readonly type: 'member-left'; readonly memberId: string; readonly reason: string }
  | {
      readonly type: 'generation-started';
      readonly generationId: number;
      readonly members: readonly string[];
    }
  | {
      readonly type: 'offset-committed';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
    }
  | { readonly type: 'group-deleted' };
