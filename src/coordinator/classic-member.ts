export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Uint8Array;
}

/** What a JoinGroup says of a member; a later one may say it anew. */
export interface MemberTerms {
  readonly protocols: readonly MemberProtocol[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

export interface ClassicJoin extends MemberTerms {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly protocolType: string;
  readonly clientId: string;
  readonly clientHost: string;
  /** Who has no member id is given one first, and joins with that (KIP-394). */
  readonly needsMemberId: boolean;
  /** The leader can be told that there is nothing to assign (KIP-814). */
  readonly maySkipAssignment: boolean;
}

export const termsOf = (terms: MemberTerms): MemberTerms => ({
  protocols: terms.protocols,
  sessionTimeoutMs: terms.sessionTimeoutMs,
  rebalanceTimeoutMs: terms.rebalanceTimeoutMs,
});

interface MemberIdentity {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
}

const noBytes = new Uint8Array();

/** One member of a classic group. */
export class ClassicMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  terms: MemberTerms;
  assignment: Uint8Array = noBytes;
  /** It has never heard of a generation, so it cannot send heartbeats yet. */
  isNew = false;

  constructor(identity: MemberIdentity, terms: MemberTerms) {
    this.memberId = identity.memberId;
    this.groupInstanceId = identity.groupInstanceId;
    this.clientId = identity.clientId;
    this.clientHost = identity.clientHost;
    this.terms = terms;
  }

  /** The same protocols in the same order, and nothing new in them. */
  matches(protocols: readonly MemberProtocol[]): boolean {
    const own = this.terms.protocols;
    return (
      own.length === protocols.length &&
      own.every(({ name, metadata }, index) => {
        const other = protocols[index]!;
        return other.name === name && Buffer.compare(other.metadata, metadata) === 0;
      })
    );
  }

  metadataFor(protocolName: string): Uint8Array {
    return this.terms.protocols.find(({ name }) => name === protocolName)?.metadata ?? noBytes;
  }

  /** The protocol that it likes best among `candidates`. */
  vote(candidates: ReadonlySet<string>): string | undefined {
    return this.terms.protocols.find(({ name }) => candidates.has(name))?.name;
  }

  /** The same member under another id, as static members come back (KIP-345). */
  renamed(identity: MemberIdentity): ClassicMember {
    const member = new ClassicMember(identity, this.terms);
    member.assignment = this.assignment;
    return member;
  }
}
