/** The part of `process` that is needed here. */
interface Signals {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): unknown;
}

const interruptedTwice = 130;

/** The first signal stops in good order; a second one does not wait for that. */
export function stopOnSignal(signals: Signals, stop: () => void): void {
  let stopping = false;
  const listener = () => {
    if (stopping) signals.exit(interruptedTwice);
    else stop();
    stopping = true;
  };
  signals.on('SIGINT', listener);
  signals.on('SIGTERM', listener);
}
