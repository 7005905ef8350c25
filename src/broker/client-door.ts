import { assert } from '../assert.ts';
import type { Api } from '../protocol/api.ts';
import { encodeResponse, readRequest } from '../protocol/header.ts';
import { ApiVersions } from '../protocol/messages/api-versions.ts';
import { type ApiName, apiByKey, apis } from '../protocol/messages/index.ts';
import type { Broker } from './broker.ts';
import type { Client, Door, Outcome } from './door.ts';
import { unsupportedApiVersions } from './handlers/api-versions.ts';
import type { RequestCensus } from './request-census.ts';
import type { RequestContext, RequestOf, ResponseOf } from './request-context.ts';

/**
 * Where bytes become requests: reads a frame at its version, and writes the response at the same.
 */
export class ClientDoor implements Door {
  readonly #broker: Broker;
  readonly #census: RequestCensus;

  constructor(broker: Broker, census: RequestCensus) {
    this.#broker = broker;
    this.#census = census;
  }

  receive(frame: Buffer, client: Client, reply: (outcome: Outcome) => void): void {
    // Its successor has the disk by now; a connection that has not heard yet must not write to it.
    if (this.#broker.hasStopped) {
      reply('close');
      return;
    }
    const { header, body } = readRequest(frame);
    const { apiKey, apiVersion, correlationId, clientId } = header;
    const api = apiByKey(apiKey);
    assert(api !== undefined, 'a header passed with a key that is not served');
    if (apiVersion > api.versions[1] || apiVersion < api.versions[0]) {
      // Only ApiVersions gets here: its body is not read, its answer is at version 0 (KIP-511).
      reply(encodeResponse(ApiVersions, 0, correlationId, unsupportedApiVersions()));
      return;
    }
    const context = { apiVersion, clientId, clientHost: `/${client.host}` };
    this.#dispatch(api.name as ApiName, context, correlationId, body, reply);
  }

  disconnected(): void {
    // Nothing that a broker keeps is bound to a connection yet: a parked reply goes nowhere.
  }

  #dispatch<Name extends ApiName>(
    name: Name,
    context: RequestContext,
    correlationId: number,
    body: ReturnType<typeof readRequest>['body'],
    reply: (outcome: Outcome) => void,
  ): void {
    // The register holds a table for each name; TypeScript does not carry that through a generic
    // index.
    const api = apis[name] as unknown as Api<RequestOf<Name>, ResponseOf<Name>>;
    const { apiVersion } = context;
    const request = api.request(apiVersion).read(body);
    this.#census.count(api.key, apiVersion);
    this.#broker.handle(name, request, context, (outcome) => {
      if (outcome === 'no-reply' || outcome === 'close') reply(outcome);
      else reply(encodeResponse(api, apiVersion, correlationId, outcome));
    });
  }
}
