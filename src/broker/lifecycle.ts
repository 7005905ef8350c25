import type { Endpoint } from '../controller/metadata-records.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { Clock, Timer } from '../simulation/clock.ts';
import type { CallController } from './broker.ts';

interface LifecycleOptions {
  readonly brokerId: number;
  /** Which start of this broker it is: a process that starts again is another one. */
  readonly incarnation: number;
  readonly endpoint: Endpoint;
  readonly rack: string | null;
  /** The epoch of the process that last ended on this disk in good order, else -1. */
  readonly previousBrokerEpoch: number;
  readonly clock: Clock;
  readonly callController: CallController;
  readonly heartbeatIntervalMs: () => number;
  readonly metadataOffset: () => number;
  readonly registered: (brokerEpoch: number) => void;
}

/**
 * While the session of a former process lasts, a registration is refused; then it is tried again.
 */
const registrationRetryMs = 20;
/** As Kafka: who is not let go in this time goes anyway. */
const shutdownTimeoutMs = 5 * 60_000;

/**
 * Presents a broker process to the controller, then keeps telling that it lives (KIP-631).
 *
 * Registering   until the controller has given it an epoch
 * Registered    a heartbeat now and then, even if the controller has struck it off: as in Kafka a
 *               process registers once, and who runs on like that must be started anew
 * Shutting down its heartbeats ask to be let go, until the controller has led others to its place
 */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  #timer: Timer | undefined;
  #brokerEpoch = -1;
  #stopped = false;
  /** How much of the metadata its last heartbeat said it has. */
  #reportedOffset = -1;
  /** Set once it wants to shut down: what to do when it may. */
  #letGo: (() => void) | undefined;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  get brokerEpoch(): number {
    return this.#brokerEpoch;
  }

  register(): void {
    const { brokerId, incarnation, endpoint, rack, previousBrokerEpoch } = this.#options;
    const { callController, registered } = this.#options;
    const request = { brokerId, incarnation, endpoint, rack, previousBrokerEpoch };
    callController('registerBroker', request, (response) => {
      if (this.#stopped) return;
      if (response?.errorCode !== ErrorCode.NONE) {
        this.#after(registrationRetryMs, () => this.register());
        return;
      }
      this.#brokerEpoch = response.brokerEpoch;
      registered(response.brokerEpoch);
      this.#sendHeartbeat();
    });
  }

  /** Who has come to know its own registration may take part, and says so at once. */
  metadataChanged(): void {
    const brokerEpoch = this.#brokerEpoch;
    const isNews = this.#reportedOffset <= brokerEpoch;
    if (
      !this.#stopped &&
      brokerEpoch >= 0 &&
      isNews &&
      this.#options.metadataOffset() > brokerEpoch
    ) {
      this.#sendHeartbeat();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** Asks the controller to be let go, and does `then` when it may go. */
  shutDown(then: () => void): void {
    if (this.#letGo !== undefined) return;
    this.#letGo = then;
    this.#options.clock.after(shutdownTimeoutMs, () => this.#go());
    if (this.#brokerEpoch >= 0) this.#sendHeartbeat();
    else this.#go();
  }

  #go(): void {
    if (!this.#stopped) this.#letGo?.();
  }

  #sendHeartbeat(): void {
    const { brokerId, callController, heartbeatIntervalMs } = this.#options;
    const metadataOffset = this.#options.metadataOffset();
    this.#reportedOffset = metadataOffset;
    const brokerEpoch = this.#brokerEpoch;
    const wantShutDown = this.#letGo !== undefined;
    const request = { brokerId, brokerEpoch, metadataOffset, wantShutDown };
    callController('brokerHeartbeat', request, (response) => {
      if (!this.#stopped && response?.shouldShutDown) this.#go();
    });
    this.#after(heartbeatIntervalMs(), () => this.#sendHeartbeat());
  }

  #after(delayMs: number, run: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(delayMs, run);
  }
}
