import { api, type Request, type Response } from '../api.ts';
import { array, boolean, int8, int16, int32, nullableString, string } from '../types.ts';

/** Changes single configs and leaves the others alone (KIP-339). */
export const IncrementalAlterConfigs = api({
  key: 44,
  name: 'IncrementalAlterConfigs',
  versions: [0, 1],
  flexible: 1,
  request: {
    resources: array({
      resourceType: int8,
      resourceName: string,
      configs: array({
        name: string,
        configOperation: int8, // 0 set, 1 delete, 2 append, 3 subtract
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

export type IncrementalAlterConfigsRequest = Request<typeof IncrementalAlterConfigs>;
export type IncrementalAlterConfigsResponse = Response<typeof IncrementalAlterConfigs>;
