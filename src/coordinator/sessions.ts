import type { Timer } from '../simulation/clock.ts';
import type { GroupHost } from './group.ts';

/** Until when each member has to be heard of again. */
export class Sessions {
  readonly #host: GroupHost;
  readonly #timers = new Map<string, Timer>();

  constructor(host: GroupHost) {
    this.#host = host;
  }

  /** Begins anew. At a coordinator that is none any more, no session ends. */
  arm(memberId: string, timeoutMs: number, expired: () => void): void {
    this.cancel(memberId);
    if (!this.#host.isActive) return;
    const timer = this.#host.clock.after(timeoutMs, () => {
      this.#timers.delete(memberId);
      expired();
    });
    this.#timers.set(memberId, timer);
  }

  has(memberId: string): boolean {
    return this.#timers.has(memberId);
  }

  cancel(memberId: string): void {
    this.#timers.get(memberId)?.cancel();
    this.#timers.delete(memberId);
  }

  cancelAll(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
