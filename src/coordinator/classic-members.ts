import { assert } from '../assert.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { ClassicMember, MemberProtocol, MemberTerms } from './classic-member.ts';

/** Who is in a classic group, who leads it, and what they can all do. */
export class ClassicMembers {
  readonly #members = new Map<string, ClassicMember>();
  readonly #staticIds = new Map<string, string>();
  /** How many members can do each protocol. Every join asks, so it is not counted anew. */
  readonly #capable = new Map<string, number>();
  leaderId: string | null = null;

  get size(): number {
    return this.#members.size;
  }

  all(): ClassicMember[] {
    return [...this.#members.values()];
  }

  get(memberId: string): ClassicMember | undefined {
    return this.#members.get(memberId);
  }

  has(memberId: string): boolean {
    return this.#members.has(memberId);
  }

  staticMemberId(groupInstanceId: string): string | undefined {
    return this.#staticIds.get(groupInstanceId);
  }

  /** The first to come leads. */
  add(member: ClassicMember): void {
    const { memberId, groupInstanceId } = member;
    this.leaderId ??= memberId;
    this.#members.set(memberId, member);
    this.#count(member, 1);
    if (groupInstanceId !== null) this.#staticIds.set(groupInstanceId, memberId);
  }

  remove(memberId: string): void {
    const member = this.#members.get(memberId);
    if (member === undefined) return;
    this.#members.delete(memberId);
    this.#count(member, -1);
    if (member.groupInstanceId !== null) this.#staticIds.delete(member.groupInstanceId);
    if (this.leaderId === memberId) this.leaderId = this.all()[0]?.memberId ?? null;
  }

  /** It has joined again, and can do other things than before. */
  setTerms(member: ClassicMember, terms: MemberTerms): void {
    this.#count(member, -1);
    member.terms = terms;
    this.#count(member, 1);
  }

  /** `newer` takes the place of `older`, also as the leader. */
  replace(older: ClassicMember, newer: ClassicMember): void {
    assert(older.groupInstanceId === newer.groupInstanceId, 'another instance takes the place');
    const leads = this.leaderId === older.memberId;
    this.remove(older.memberId);
    this.add(newer);
    if (leads) this.leaderId = newer.memberId;
  }

  /** Is there such a member, and is it still the one that stands for its instance id? */
  check(memberId: string, groupInstanceId: string | null): ErrorCode {
    if (groupInstanceId === null) {
      return this.has(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
    }
    const current = this.staticMemberId(groupInstanceId);
    if (current === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    return current === memberId ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID;
  }

  /** How long the slowest member may take to join again. */
  get rebalanceTimeoutMs(): number {
    return Math.max(0, ...this.all().map(({ terms }) => terms.rebalanceTimeoutMs));
  }

  /** Is one of `protocols` known to every member? */
  supportAny(protocols: readonly MemberProtocol[]): boolean {
    return protocols.some(({ name }) => (this.#capable.get(name) ?? 0) === this.size);
  }

  /** Each votes for what it likes best of what all can do; most votes win. */
  selectProtocol(): string {
    const common = [...this.#capable].filter(([, count]) => count === this.size);
    const candidates = new Set(common.map(([name]) => name));
    const votes = new Map<string, number>();
    for (const member of this.#members.values()) {
      const vote = member.vote(candidates);
      assert(vote !== undefined, 'members without a protocol in common');
      votes.set(vote, (votes.get(vote) ?? 0) + 1);
    }
    return [...votes].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
  }

  #count({ terms }: ClassicMember, change: 1 | -1): void {
    for (const name of new Set(terms.protocols.map((protocol) => protocol.name))) {
      const count = (this.#capable.get(name) ?? 0) + change;
      if (count === 0) this.#capable.delete(name);
      else this.#capable.set(name, count);
    }
  }
}
