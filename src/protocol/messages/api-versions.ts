import { api } from '../api.ts';
import { since, tagged } from '../struct.ts';
import { array, boolean, int16, int32, int64, string } from '../types.ts';

const supportedFeatures = array({
  name: string,
  minVersion: int16, // 0 only from version 4 on: older Java clients refuse it (KAFKA-17011)
  maxVersion: int16,
});

const finalizedFeatures = array({
  name: string,
  maxVersionLevel: int16,
  minVersionLevel: int16,
});

/**
 * Tells which APIs are served at which versions (KIP-35), and the cluster's features (KIP-584).
 * The one request that is answered at versions that are not served: as version 0, with
 * UNSUPPORTED_VERSION (KIP-511).
 *
 * 3 the client's name and version (KIP-511), features (KIP-584)
 */
export const ApiVersions = api({
  key: 18,
  name: 'ApiVersions',
  versions: [0, 4],
  flexible: 3,
  request: {
    clientSoftwareName: since(3, string, ''),
    clientSoftwareVersion: since(3, string, ''),
  },
  response: {
    errorCode: int16,
    apiKeys: array({
      apiKey: int16,
      minVersion: int16,
      maxVersion: int16,
    }),
    throttleTimeMs: since(1, int32, 0),
    supportedFeatures: tagged(0, 3, supportedFeatures, []),
    finalizedFeaturesEpoch: tagged(1, 3, int64, -1), // -1: unknown, and the list means nothing
    finalizedFeatures: tagged(2, 3, finalizedFeatures, []),
    zkMigrationReady: tagged(3, 3, boolean, false),
  },
});
