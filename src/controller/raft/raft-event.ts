type RoleName = 'unattached' | 'follower' | 'prospective' | 'candidate' | 'leader' | 'resigned';

export type RaftEvent =
  | {
      readonly type: 'quorum-role-changed';
      readonly role: RoleName;
      readonly epoch: number;
      /** Who leads the epoch, as far as this node knows. */
      readonly leaderId: number | undefined;
    }
  | { readonly type: 'vote-granted'; readonly epoch: number; readonly candidateId: number }
  | { readonly type: 'metadata-truncated'; readonly logEndOffset: number }
  | {
      readonly type: 'metadata-snapshot';
      /** Its own, or the leader's. */
      readonly origin: 'taken' | 'fetched';
      readonly offset: number;
      readonly epoch: number;
    };
