import { brokerSettings } from '../config/broker-settings.ts';
import { ConfigResourceType } from '../config/config-resource.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { UpdateFeaturesRequest } from '../protocol/messages/update-features.ts';
import { type CallError, callError, noError } from './call-error.ts';
import type { ClusterMetadata } from './cluster-metadata.ts';
import type { CallContext, CallHandler } from './controller-call.ts';
import { elrFeature, kraftFeature, metadataFeature, supportedFeatures } from './features.ts';
import type { MetadataRecord } from './metadata-records.ts';

type Update = UpdateFeaturesRequest['featureUpdates'][number];

/** Kinds of change: the rest are downgrades, 2 a safe one, 3 one that may lose something. */
const upgrade = 1;
const unsafeDowngrade = 3;

/** All or nothing (KIP-584). */
export const updateFeatures: CallHandler<'updateFeatures'> = (context, request) => {
  const updates = [...new Map(request.featureUpdates.map((one) => [one.feature, one])).values()];
  const problem = updates
    .map((update) => checkUpdate(context.metadata, update))
    .find(({ errorCode }) => errorCode !== ErrorCode.NONE);
  if (problem !== undefined) {
    const because = 'The update failed for all features since the following feature had an error';
    const errorMessage = `${because}: ${problem.errorMessage}`;
    const { errorCode } = problem;
    return { records: [], response: { throttleTimeMs: 0, errorCode, errorMessage, results: [] } };
  }
  const records = request.validateOnly ? [] : updates.flatMap((one) => recordsOf(context, one));
  const result = { errorCode: ErrorCode.NONE, errorMessage: 'NONE' };
  const results = updates.map(({ feature }) => ({ feature, ...result }));
  return { records, response: { throttleTimeMs: 0, ...noError, results } };
};

const levelOf = ({ features }: ClusterMetadata, feature: string): number =>
  features.get(feature) ?? 0;

function checkUpdate(metadata: ClusterMetadata, update: Update): CallError {
  const { feature, maxVersionLevel: level, upgradeType } = update;
  const invalid = (why: string): CallError => {
    const what = `Invalid update version ${level} for feature ${feature}.`;
    return callError(ErrorCode.INVALID_UPDATE_VERSION, `${what} ${why}`);
  };
  if (upgradeType < upgrade || upgradeType > unsafeDowngrade) {
    return invalid('The controller does not support the given upgrade type.');
  }
  if (level < 0) return invalid('A feature version cannot be less than 0.');
  const supported = supportedFeatures.find(({ name }) => name === feature);
  const { min, max } = supported ?? { min: 0, max: 0 };
  if (level < min || level > max) {
    const limits =
      max === 0 ? 'does not support this feature.' : `only supports versions ${min}-${max}`;
    return invalid(`Local controller 0 ${limits}`);
  }
  const current = levelOf(metadata, feature);
  if (level < current && upgradeType === upgrade) {
    return invalid(
      "Can't downgrade the version of this feature without setting the upgrade type to either " +
        'safe or unsafe downgrade.',
    );
  }
  if (level > current && upgradeType !== upgrade) {
    return invalid("Can't downgrade to a newer version.");
  }
  if (feature === metadataFeature && level < current) {
    const why =
      upgradeType === unsafeDowngrade
        ? 'Unsafe metadata downgrade is not supported in this version.'
        : 'Refusing to perform the requested downgrade because it might delete metadata ' +
          'information.';
    const what = `Unsupported metadata.version downgrade from ${current} to ${level}.`;
    return callError(ErrorCode.INVALID_UPDATE_VERSION, `${what} ${why}`);
  }
  if (feature === kraftFeature && level !== current) {
    return invalid('The voters of this quorum cannot be changed.');
  }
  return noError;
}

/** With eligible leader replicas the minimum of in-sync replicas is one for all brokers. */
function recordsOf(
  { metadata, configuration }: CallContext,
  { feature, maxVersionLevel: level }: Update,
): MetadataRecord[] {
  if (feature === kraftFeature) return [];
  const record: MetadataRecord = { type: 'feature-level', name: feature, level };
  if (feature !== elrFeature || level === 0 || levelOf(metadata, feature) > 0) return [record];
  const value = String(brokerSettings(configuration).minInsyncReplicas);
  const resource = { resourceType: ConfigResourceType.BROKER, resourceName: '' };
  return [{ type: 'config', ...resource, name: 'min.insync.replicas', value }, record];
}
