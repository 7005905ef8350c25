import type { Clock } from '../simulation/clock.ts';
import type { CallController } from './broker.ts';

/** As Kafka's forwarding: who waits longer has mostly given up. */
const giveUpMs = 60_000;
const retryBackoffMs = 50;

/**
 * The way to the active controller. What finds none, or loses it on the way, is sent again to the
 * next one; so it may be carried out twice, and the second answer tells.
 */
export const controllerChannel = (clock: Clock, attempt: CallController): CallController => {
  const send: CallController = (name, request, reply) => {
    const untilMs = clock.now() + giveUpMs;
    const tryOnce = () =>
      attempt(name, request, (response) => {
        if (response !== undefined || clock.now() >= untilMs) reply(response);
        else clock.after(retryBackoffMs, tryOnce);
      });
    tryOnce();
  };
  return send;
};
