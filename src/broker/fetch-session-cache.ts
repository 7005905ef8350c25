import type { Random } from '../simulation/random.ts';
import type { FetchSession } from './fetch-session.ts';

/** A session that has not been used for this long may be dropped for a new one. */
const evictionMs = 120_000;

interface Slot {
  readonly session: FetchSession;
  readonly isFollower: boolean;
  readonly size: number;
  readonly createdMs: number;
}

/**
 * The fetch sessions that a broker keeps: at most so many, followers' before consumers'. A young
 * one is safe from all but a follower that takes a consumer's place (Kafka's FetchSessionCache).
 */
export class FetchSessionCache {
  readonly #random: Random;
  readonly #slots = new Map<number, Slot>();

  constructor(random: Random) {
    this.#random = random;
  }

  get(id: number): FetchSession | undefined {
    return this.#slots.get(id)?.session;
  }

  remove(id: number): void {
    const slot = this.#slots.get(id);
    this.#slots.delete(id);
    slot?.session.close();
  }

  /** Keeps a session if there is room or one to make room: gives it an id, and epoch 1. */
  keep(
    session: FetchSession,
    { isFollower, slots, nowMs }: { isFollower: boolean; slots: number; nowMs: number },
  ): void {
    const slot = { session, isFollower, size: session.size, createdMs: nowMs };
    if (this.#slots.size >= slots && !this.#evictFor(slot, nowMs)) return;
    session.id = this.#newId();
    session.epoch = 1;
    session.lastUsedMs = nowMs;
    this.#slots.set(session.id, slot);
  }

  /**
   * One that is stale goes; else one worth less: a consumer's before a follower's, small before
   * large.
   */
  #evictFor(wanted: Slot, nowMs: number): boolean {
    let worst: Slot | undefined;
    for (const slot of this.#slots.values()) {
      if (nowMs - slot.session.lastUsedMs > evictionMs) {
        this.remove(slot.session.id);
        return true;
      }
      const isOld = nowMs - slot.createdMs > evictionMs;
      const mayGo = isOld || (wanted.isFollower && !slot.isFollower);
      if (mayGo && (worst === undefined || isWorthLess(slot, worst))) worst = slot;
    }
    if (worst === undefined || !isWorthLess(worst, wanted)) return false;
    this.remove(worst.session.id);
    return true;
  }

  /** Never 0, which means no session, and none that is in use. */
  #newId(): number {
    for (;;) {
      const id = this.#random.below(0x7fffffff) + 1;
      if (!this.#slots.has(id)) return id;
    }
  }
}

const isWorthLess = (a: Slot, b: Slot): boolean =>
  a.isFollower === b.isFollower ? a.size < b.size : b.isFollower;
