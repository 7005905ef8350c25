import { supportedFeatures } from '../../controller/features.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import { ApiVersions } from '../../protocol/messages/api-versions.ts';
import { apis } from '../../protocol/messages/index.ts';
import type { Handler, ResponseOf } from '../request-context.ts';

/** What a client may call itself (KIP-511). */
const software = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

/**
 * Says exactly what the register serves. Features that reach down to 0 are kept from clients before
 * version 4, which do not understand them (KAFKA-17492).
 */
export const apiVersions: Handler<'ApiVersions'> = (broker, request, { apiVersion }, reply) => {
  const { clientSoftwareName, clientSoftwareVersion } = request;
  const isNamed = software.test(clientSoftwareName) && software.test(clientSoftwareVersion);
  if (apiVersion >= 3 && !isNamed) {
    reply(failed(ErrorCode.INVALID_REQUEST, []));
    return;
  }
  reply({
    errorCode: ErrorCode.NONE,
    apiKeys: Object.values(apis).map(({ key, advertised: [first, last] }) => ({
      apiKey: key,
      minVersion: first,
      maxVersion: last,
    })),
    throttleTimeMs: 0,
    supportedFeatures: supportedFeatures
      .filter(({ min }) => min > 0 || apiVersion > 3)
      .map(({ name, min, max }) => ({ name, minVersion: min, maxVersion: max })),
    finalizedFeaturesEpoch: broker.metadata.offset,
    finalizedFeatures: [...broker.metadata.features].map(([name, level]) => ({
      name,
      maxVersionLevel: level,
      minVersionLevel: level,
    })),
    zkMigrationReady: false,
  });
};

/** The answer to a version that is not served; at version 0, which every client reads. */
export function unsupportedApiVersions(): ResponseOf<'ApiVersions'> {
  const [minVersion, maxVersion] = ApiVersions.versions;
  return failed(ErrorCode.UNSUPPORTED_VERSION, [
    { apiKey: ApiVersions.key, minVersion, maxVersion },
  ]);
}

function failed(
  errorCode: ErrorCode,
  apiKeys: ResponseOf<'ApiVersions'>['apiKeys'],
): ResponseOf<'ApiVersions'> {
  return {
    errorCode,
    apiKeys,
    throttleTimeMs: 0,
    supportedFeatures: [],
    finalizedFeaturesEpoch: -1,
    finalizedFeatures: [],
    zkMigrationReady: false,
  };
}
