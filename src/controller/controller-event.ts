import type { MetadataRecord } from './metadata-records.ts';
import type { RaftEvent } from './raft/raft-event.ts';

export type ControllerEvent =
  | RaftEvent
  | { readonly type: 'controller-started' }
  | { readonly type: 'controller-crashed' }
  | { readonly type: 'controller-stopped' }
  | { readonly type: 'controller-paused' }
  | { readonly type: 'controller-resumed' }
  /** Once for each record, by the first to know. */
  | {
      readonly type: 'metadata-committed';
      readonly offset: number;
      readonly record: MetadataRecord;
    };
