import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { checkNames, show } from '../check-names.ts';
import { ClusterError } from '../cluster-error.ts';
import type { KafkaCluster } from '../kafka-cluster.ts';
import { listen } from '../listen.ts';
import { changesBetween } from './changes.ts';
import { fromText, problemOf } from './kind.ts';
import { LateHttp } from './late-http.ts';
import { basePath, openApi } from './open-api.ts';
import { remedies } from './remedies.ts';
import type { Verb } from './verb.ts';
import { verbs } from './verbs.ts';

const bodyMaxBytes = 64 << 10;
const openApiPath = '/openapi.json';

/** What comes out of a request that is not carried out. */
class Refusal extends ClusterError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super('E_BAD_REQUEST', message);
    this.status = status;
    this.headers = headers;
  }
}

/** The verbs over HTTP, as docs/openapi.json has them. */
export class AdminServer {
  readonly url: string;
  readonly #http: LateHttp;
  readonly #servers: readonly Server[];

  private constructor(http: LateHttp, servers: readonly Server[], url: string) {
    this.#http = http;
    this.#servers = servers;
    this.url = url;
  }

  /** Rejects with `ClusterError` E_PORT_IN_USE or E_CANNOT_LISTEN. */
  static async open(
    cluster: KafkaCluster,
    { host, port: wanted }: { host: string | undefined; port: number },
  ): Promise<AdminServer> {
    const isLocal = host === undefined || host === 'localhost';
    const http = new LateHttp(
      (request, response) => void answer(cluster, isLocal, request, response),
    );
    const { servers, port } = await listen(host, wanted, () => http.createListener());
    const name = isLocal || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return new AdminServer(
      http,
      servers,
      `http://${name.includes(':') ? `[${name}]` : name}:${port}`,
    );
  }

  async close(): Promise<void> {
    const closed = this.#servers.map(
      (server) => new Promise<void>((done) => server.close(() => done())),
    );
    this.#http.closeConnections();
    await Promise.all(closed);
  }
}

async function answer(
  cluster: KafkaCluster,
  isLocal: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const respond = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    response
      .writeHead(status, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        ...headers,
      })
      .end(`${JSON.stringify(body)}\n`);
  try {
    checkSender(request, isLocal);
    respond(200, await carryOut(cluster, request));
  } catch (error) {
    if (error instanceof ClusterError) {
      const { code, message } = error;
      const { status, remedy } = remedies[code];
      const text = message.replace(`${code}: `, '');
      const { status: own = status, headers } = error instanceof Refusal ? error : {};
      respond(own, { error: { code, message: text, remedy } }, headers);
    } else {
      const [code, message] = error instanceof Error ? [error.name, error.message] : ['Error', ''];
      const remedy = 'a bug of Odradek: please report it, with the seed';
      respond(500, { error: { code, message, remedy } });
    }
  }
}

const localNames = ['localhost', '127.0.0.1', '[::1]'];

/** A page from elsewhere in this machine's browser must not break the cluster. */
function checkSender({ headers }: IncomingMessage, isLocal: boolean): void {
  const { host = '', origin } = headers;
  const name = host.replace(/:\d*$/, '');
  if (isLocal && !localNames.includes(name)) {
    throw new Refusal(403, `this is ${localNames.join(' or ')}, not ${show(name)}`);
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new Refusal(403, `a page of ${origin} may not ask this`);
  }
}

async function carryOut(cluster: KafkaCluster, request: IncomingMessage): Promise<unknown> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const path = pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : undefined;
  if (path === openApiPath && request.method === 'GET') return openApi(verbs);
  const [verb, texts] = route(request.method ?? '', path ?? '', pathname);
  const given = argumentsOf(verb, texts, await bodyOf(verb, request));
  if (verb.method === 'GET') return verb.run(cluster, given);
  const before = cluster.status();
  const now = await verb.run(cluster, given);
  return { changes: changesBetween(before, cluster.status()), now };
}

type Texts = Readonly<Record<string, string>>;

function route(method: string, path: string, shown: string): [Verb, Texts] {
  const matching = verbs.flatMap((verb): [Verb, Texts][] => {
    const pattern = verb.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(path);
    return match === null ? [] : [[verb, match.groups ?? {}]];
  });
  const found = matching.find(([verb]) => verb.method === method);
  if (found !== undefined) return found;
  if (matching.length === 0) {
    const hint = `GET ${basePath}${openApiPath} lists what there is`;
    throw new Refusal(404, `there is no ${shown}; ${hint}`);
  }
  const allow = matching.map(([verb]) => verb.method).join(', ');
  throw new Refusal(405, `${shown} takes ${allow}, not ${method}`, { allow });
}

/** Every argument by its name, checked; what is not given is not there. */
function argumentsOf(verb: Verb, texts: Texts, body: object): Record<string, unknown> {
  const parameters = Object.entries(verb.parameters);
  const inBody = parameters.filter(([, { place }]) => place === 'body').map(([name]) => name);
  checkNames(verb.name, body, inBody);
  const given: Record<string, unknown> = { ...body };
  for (const [name, { place, kind, required }] of parameters) {
    if (place === 'path') given[name] = fromText(kind, decoded(texts[name]!));
    if (given[name] === undefined && !required) continue;
    const problem = problemOf(kind, given[name]);
    if (problem === undefined) continue;
    throw new ClusterError('E_BAD_OPTION', `${verb.name}: ${name} ${problem}`);
  }
  return given;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, `'${text}' is not well encoded`);
  }
}

/** An object, empty for a body that is not there. */
async function bodyOf(verb: Verb, request: IncomingMessage): Promise<object> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    if (sizeBytes > bodyMaxBytes) {
      const text = `a body has at most ${bodyMaxBytes} bytes`;
      throw new Refusal(413, text, { connection: 'close' });
    }
    pieces.push(piece);
  }
  if (sizeBytes === 0) return {};
  try {
    return JSON.parse(Buffer.concat(pieces).toString()) as object;
  } catch {
    throw new Refusal(400, `the body of ${verb.name} is not JSON`);
  }
}
