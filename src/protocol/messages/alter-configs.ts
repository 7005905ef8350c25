import { api, type Request, type Response } from '../api.ts';
import { array, boolean, int8, int16, int32, nullableString, string } from '../types.ts';

/** Replaces all configs of a resource: what is not named falls back to its default (KIP-133). */
export const AlterConfigs = api({
  key: 33,
  name: 'AlterConfigs',
  versions: [0, 2],
  flexible: 2,
  request: {
    resources: array({
      resourceType: int8,
      resourceName: string,
      configs: array({
        name: string,
        value: nullableString,
      }),
    }),
    validateOnly: boolean,
  },
  response: {
    throttleTimeMs: int32,
    responses: array({
      errorCode: int16,
      errorMessage: nullableString,
      resourceType: int8,
      resourceName: string,
    }),
  },
});

export type AlterConfigsRequest = Request<typeof AlterConfigs>;
export type AlterConfigsResponse = Response<typeof AlterConfigs>;
