import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Address } from './connection.ts';

/** What a behaviour may do to a broker. Returns when it is done, not when the cluster has noticed. */
export interface Control {
  /** The broker is gone at once, as with kill -9. Its log stays. */
  crash(brokerId: number): Promise<void>;
  /** A crashed broker starts again on its log. */
  restart(brokerId: number): Promise<void>;
}

/** A cluster of three brokers that a file of behaviours runs against. */
export interface Target {
  readonly bootstrap: readonly Address[];
  /** Absent with a cluster that was given without KAFKA_CONTROL. */
  readonly control: Control | undefined;
  close(): Promise<void>;
}

const run = promisify(execFile);

/** The cluster of KAFKA_BOOTSTRAP, or without it an Odradek of this file's own in this process. */
export async function openTarget(): Promise<Target> {
  const bootstrap = process.env.KAFKA_BOOTSTRAP;
  if (bootstrap === undefined || bootstrap === '') return await odradek();
  const script = process.env.KAFKA_CONTROL;
  return {
    bootstrap: bootstrap.split(',').map(parseAddress),
    control: script === undefined || script === '' ? undefined : scriptControl(script),
    close: async () => {},
  };
}

function scriptControl(script: string): Control {
  const verb = (name: string) => async (brokerId: number) => {
    await run(script, [name, String(brokerId)]);
  };
  return { crash: verb('kill'), restart: verb('restart') };
}

function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

async function odradek(): Promise<Target> {
  throw new Error('set KAFKA_BOOTSTRAP: Odradek cannot be started yet');
}
