import type { Request, Response } from '../protocol/api.ts';
import type { ApiName, apis } from '../protocol/messages/index.ts';
import type { Broker } from './broker.ts';

export type RequestOf<Name extends ApiName> = Request<(typeof apis)[Name]>;
export type ResponseOf<Name extends ApiName> = Response<(typeof apis)[Name]>;

/** What is known of a request besides its body. */
export interface RequestContext {
  readonly apiVersion: number;
  readonly clientId: string | null;
  /** Where it comes from, as Kafka prints it. */
  readonly clientHost: string;
}

/** A response, or none at all: acks=0 gets nothing, or its connection closed. */
export type HandlerOutcome<Name extends ApiName> = ResponseOf<Name> | 'no-reply' | 'close';

/**
 * Answers one API, at all its versions alike. Calls `reply` exactly once, before it returns or
 * later. `records` in a request are borrowed until it returns.
 */
export type Handler<Name extends ApiName> = (
  broker: Broker,
  request: RequestOf<Name>,
  context: RequestContext,
  reply: (outcome: HandlerOutcome<Name>) => void,
) => void;
