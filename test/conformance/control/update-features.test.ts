import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

const software = { clientSoftwareName: 'odradek', clientSoftwareVersion: '1' };

/** Nothing is changed: the cluster is everybody's. */
async function update(feature: string, level: number, upgradeType = 1, version = 2) {
  const featureUpdates = [{ feature, maxVersionLevel: level, upgradeType }];
  const body = { featureUpdates, validateOnly: true };
  const reply = await cluster().request(apis.UpdateFeatures, version, body);
  return { error: errorName(reply.errorCode), message: reply.errorMessage, results: reply.results };
}

const failed = 'The update failed for all features since the following feature had an error: ';

test('transaction.version may be 0 to 2, and is 2', async () => {
  const reply = await cluster().request(apis.ApiVersions, 4, software);
  const name = 'transaction.version';
  expect(reply.supportedFeatures).toContainEqual({ name, minVersion: 0, maxVersion: 2 });
  expect(reply.finalizedFeatures).toContainEqual({
    ...{ name, maxVersionLevel: 2, minVersionLevel: 2 },
  });
});

describe('UpdateFeatures, as a trial', () => {
  test.each([1, 2])('version %d: the same level, and a lower one', async (version) => {
    const results = version === 1 ? [{ errorCode: 0, feature: 'transaction.version' }] : [];
    const done = { error: 'NONE', message: null };
    expect(await update('transaction.version', 2, 1, version)).toMatchObject({ ...done, results });
    expect(await update('transaction.version', 1, 2, version)).toMatchObject({ ...done, results });
    expect(await update('transaction.version', 0, 3, version)).toMatchObject({ ...done, results });
  });

  test('a lower level is a downgrade', async () => {
    const reply = await update('transaction.version', 1);
    expect(reply.error).toBe('INVALID_UPDATE_VERSION');
    const what = 'Invalid update version 1 for feature transaction.version.';
    const why =
      "Can't downgrade the version of this feature without setting the upgrade type to either " +
      'safe or unsafe downgrade.';
    expect(reply.message).toBe(`${failed}${what} ${why}`);
  });

  test.each([
    ['transaction.version', 3, 1, 'only supports versions 0-2'],
    ['transaction.version', -1, 1, 'A feature version cannot be less than 0.'],
    ['transaction.version', 2, 9, 'The controller does not support the given upgrade type.'],
    ['odd.version', 1, 1, 'does not support this feature.'],
    ['metadata.version', 29, 2, 'because it might delete metadata information.'],
    ['metadata.version', 29, 3, 'Unsafe metadata downgrade is not supported in this version.'],
    ['metadata.version', 99, 1, 'only supports versions 7-30'],
  ])('%s to %d, kind %d, is refused', async (feature, level, kind, why) => {
    const reply = await update(feature, level, kind);
    expect(reply.error).toBe('INVALID_UPDATE_VERSION');
    expect(reply.message).toContain(why);
  });
});
