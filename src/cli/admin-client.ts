import { basePath } from '../server/admin/open-api.ts';
import type { Verb } from '../server/admin/verb.ts';
import { ClusterError, type ClusterErrorCode } from '../server/cluster-error.ts';
import { UsageError } from './usage-error.ts';
import type { VerbCommand } from './verb-commands.ts';

/** Where a cluster of the command line takes verbs unless told otherwise. */
export const adminPort = 8082;

/** `8082`, `host:8082` */
function addressOf(admin: string): string {
  const match = /^(?:(.+):)?(\d{1,5})$/.exec(admin);
  if (match === null) throw new UsageError(`--admin must be PORT or HOST:PORT, not '${admin}'`);
  return `${match[1] ?? '127.0.0.1'}:${match[2]}`;
}

const unknown: readonly ClusterErrorCode[] = ['E_UNKNOWN_BROKER', 'E_UNKNOWN_CONTROLLER'];

interface Answer {
  readonly verb: Verb;
  readonly body: unknown;
}

/** Carries a command out on the cluster that runs; throws `ClusterError` where it does not. */
export async function sendVerb(command: VerbCommand): Promise<Answer> {
  const address = addressOf(command.admin || String(adminPort));
  let refusal: unknown;
  for (const verb of command.verbs) {
    try {
      return { verb, body: await ask(address, verb, command) };
    } catch (error) {
      refusal ??= error;
      if (!(error instanceof ClusterError && unknown.includes(error.code))) throw error;
    }
  }
  throw refusal;
}

async function ask(address: string, verb: Verb, command: VerbCommand): Promise<unknown> {
  const positional = Object.entries(verb.parameters).filter(([, { positional }]) => positional);
  const body: Record<string, unknown> = { ...command.named };
  let path = verb.path;
  for (const [index, [name, { place }]] of positional.entries()) {
    const value = command.positional[index];
    if (place === 'body') body[name] = value;
    else path = path.replace(`{${name}}`, encodeURIComponent(String(value)));
  }
  const { method } = verb;
  const sent = method === 'GET' ? {} : { body: JSON.stringify(body) };
  const response = await reach(address, path, { method, ...sent });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer;
  throw refusalOf(answer) ?? strange(address);
}

async function reach(address: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`http://${address}${basePath}${path}`, init);
  } catch (cause) {
    const remedy = 'start a cluster, or name its admin port with --admin or ODRADEK_ADMIN';
    throw new ClusterError('E_NO_ADMIN', `no cluster answers at ${address}; ${remedy}`, { cause });
  }
}

const strange = (address: string) =>
  new ClusterError('E_NO_ADMIN', `what answers at ${address} is not an Odradek cluster`);

function refusalOf(answer: unknown): ClusterError | undefined {
  const { error } = (answer ?? {}) as {
    error?: { code: ClusterErrorCode; message: string; remedy: string };
  };
  if (error?.remedy === undefined) return undefined;
  return new ClusterError(error.code, `${error.message} (${error.remedy})`);
}
