import { api, type Request, type Response } from '../api.ts';
import { since, until, withDefault } from '../struct.ts';
import { array, boolean, int8, int16, int32, nullableString, string } from '../types.ts';

/**
 * Changes the levels of the cluster's features (KIP-584).
 *
 * 1 kinds of downgrade, validation alone (KIP-778) · 2 no result per feature (KIP-1022)
 */
export const UpdateFeatures = api({
  key: 57,
  name: 'UpdateFeatures',
  versions: [0, 2],
  flexible: 0,
  request: {
    timeoutMs: withDefault(int32, 60_000),
    featureUpdates: array({
      feature: string,
      maxVersionLevel: int16,
      allowDowngrade: until(0, boolean, false),
      upgradeType: since(1, int8, 1), // 1 upgrade, 2 safe downgrade, 3 unsafe downgrade
    }),
    validateOnly: since(1, boolean, false),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: nullableString,
    results: until(
      1,
      array({ feature: string, errorCode: int16, errorMessage: nullableString }),
      [],
    ),
  },
});

export type UpdateFeaturesRequest = Request<typeof UpdateFeatures>;
export type UpdateFeaturesResponse = Response<typeof UpdateFeatures>;
