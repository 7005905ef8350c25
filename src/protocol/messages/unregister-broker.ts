import { api, type Request, type Response } from '../api.ts';
import { int16, int32, nullableString } from '../types.ts';

/** Strikes a broker off that will not come back (KIP-631). */
export const UnregisterBroker = api({
  key: 64,
  name: 'UnregisterBroker',
  versions: [0, 0],
  flexible: 0,
  request: {
    brokerId: int32,
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: nullableString,
  },
});

export type UnregisterBrokerRequest = Request<typeof UnregisterBroker>;
export type UnregisterBrokerResponse = Response<typeof UnregisterBroker>;
