import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { brokerConfigs } from '../../src/config/broker-configs.ts';
import { clientMetricsConfigs } from '../../src/config/client-metrics-configs.ts';
import type { ConfigDefinition } from '../../src/config/config-definition.ts';
import { groupConfigs } from '../../src/config/group-configs.ts';
import { topicConfigs } from '../../src/config/topic-configs.ts';

/** One row of Kafka's own tables, as shared/kafka-protocol/broker-configs.json has it. */
interface Row {
  readonly name: string;
  readonly type: string;
  readonly default: string | number | boolean | readonly string[] | null;
  readonly validator?: string | null;
  readonly dynamic?: string;
  readonly topicConfig?: string | null;
  readonly use?: string;
  readonly internal?: boolean;
  readonly brokerSynonyms?: readonly { readonly name: string; readonly convert: string | null }[];
}

const folder = process.env.ODRADEK_KAFKA_PROTOCOL;

/** Beyond 2^53 the digits matter, and JSON.parse rounds: such numbers become strings before it. */
function tables(): Record<'broker' | 'topic' | 'group' | 'clientMetrics', readonly Row[]> {
  const text = readFileSync(`${folder}/broker-configs.json`, 'utf8');
  return JSON.parse(text.replace(/: (\d{16,})(?=[,\n\r}])/g, ': "$1"'));
}

const enums: Record<string, string> = {
  'Utils.enumOptions(SecurityProtocol.class)': 'PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL',
  'Utils.enumOptions(ConsumerGroupMigrationPolicy.class)':
    'DISABLED, DOWNGRADE, UPGRADE, BIDIRECTIONAL',
  'Utils.enumOptions(SslClientAuth.class)': 'required, requested, none',
  'BrokerCompressionType.names().toArray(new String[0])':
    'uncompressed, zstd, lz4, snappy, gzip, producer',
  'IsolationLevel.READ_COMMITTED.toString(), IsolationLevel.READ_UNCOMMITTED.toString()':
    'read_committed, read_uncommitted',
  'TopicConfig.CLEANUP_POLICY_COMPACT, TopicConfig.CLEANUP_POLICY_DELETE': 'compact, delete',
  'false, Group.GroupType.documentValidValues()': 'false, consumer, classic, share, streams',
  DEFAULT_LOG_LOCAL_RETENTION_MS: '-2',
  DEFAULT_LOG_LOCAL_RETENTION_BYTES: '-2',
};

const product = (text: string): number =>
  text.split('*').reduce((before, factor) => before * Number(factor), 1);

/** Kafka's Java expression for a validator, in the words of `spoken` below. */
function spokenByKafka(validator: string | null | undefined): string | null {
  if (validator === null || validator === undefined) return null;
  const named: Record<string, string> = {
    'CompressionType.GZIP.levelValidator()': 'gzip-level',
    'CompressionType.LZ4.levelValidator()': 'range 1 17',
    'CompressionType.ZSTD.levelValidator()': 'range -131072 22',
    'ThrottledReplicaListValidator.INSTANCE': 'throttled-replicas',
    'new ShareGroupAutoOffsetResetStrategy.Validator()': 'share-auto-offset-reset',
    'new ControllerQuorumVotersValidator()': 'quorum-voters',
    'new ControllerQuorumBootstrapServersValidator()': 'hosts-and-ports',
    'new ConfigDef.NonEmptyString()': 'not-empty',
    'new ConfigDef.NonNullValidator()': 'not-null',
  };
  const special = named[validator];
  if (special !== undefined) return special;
  const [, call = '', given = ''] = /^(?:ConfigDef\.)?([\w.]+)\((.*)\)$/.exec(validator) ?? [];
  const values = (enums[given] ?? given).replaceAll('"', '').split(', ');
  switch (call.replace('Range.', '')) {
    case 'atLeast':
      return `range ${product(values[0]!)} null`;
    case 'between':
      return `range ${product(values[0]!)} ${product(values[1]!)}`;
    case 'in':
    case 'ValidString.in':
      return `one-of false ${values.join(' ')}`;
    case 'CaseInsensitiveValidString.in':
      return `one-of true ${values.join(' ')}`;
    case 'ValidList.anyNonDuplicateValues':
      return `elements ${values[0]} any`;
    case 'ValidList.in':
      return values[0] === 'false'
        ? `elements false ${values.slice(1).join(' ')}`
        : `elements true ${values.join(' ')}`;
    default:
      return `unheard of: ${validator}`;
  }
}

function spoken({ validator }: ConfigDefinition): string | null {
  if (validator === null) return null;
  switch (validator.kind) {
    case 'range':
      return `range ${validator.minimum} ${validator.maximum}`;
    case 'one-of':
      return `one-of ${validator.ignoreCase} ${validator.values.join(' ')}`;
    case 'elements':
      return `elements ${validator.mayBeEmpty} ${validator.values?.join(' ') ?? 'any'}`;
    default:
      return validator.kind;
  }
}

function defaultText(row: Row): string | null {
  if (row.default === null || row.default === '<required>') return null;
  if (Array.isArray(row.default)) return row.default.join(',');
  return String(row.default).replace('e+', 'E');
}

const common = (row: Row) => ({
  name: row.name,
  type: row.type,
  defaultValue: defaultText(row),
  validator: spokenByKafka(row.validator),
  internal: row.internal ?? false,
});
const ours = (definition: ConfigDefinition) => ({
  name: definition.name,
  type: definition.type,
  defaultValue: definition.defaultValue,
  validator: spoken(definition),
  internal: definition.internal,
});

const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
const sorted = <Named extends { name: string }>(rows: Iterable<Named>) => [...rows].sort(byName);

describe.skipIf(folder === undefined)(
  'the tables of configs are those of Kafka (without ODRADEK_KAFKA_PROTOCOL: not compared)',
  () => {
    test('of a broker', () => {
      /** A map: the broker says it in another order than the source, and then that one counts. */
      const ordered = (row: { name: string; defaultValue: string | null }) =>
        row.name === 'listener.security.protocol.map'
          ? { ...row, defaultValue: row.defaultValue?.split(',').sort() }
          : row;
      /** The tables ask for their values alone; here they have their effect. */
      const honoured = /^add\.partitions\.to\.txn\.retry\./;
      const kafkas = sorted(tables().broker).map((row) => ({
        ...ordered(common(row)),
        required: row.default === '<required>',
        dynamic: row.dynamic,
        topicConfig: row.topicConfig,
        use: honoured.test(row.name) ? 'honour' : row.use,
      }));
      /** Not in the parsed tables, but in what a running broker describes. */
      const extra = ['config.providers'];
      const known = sorted(brokerConfigs.values())
        .filter(({ name }) => !extra.includes(name))
        .map((definition) => ({
          ...ordered(ours(definition)),
          required: definition.required,
          dynamic: definition.dynamic,
          topicConfig: definition.topicConfig,
          use: definition.use,
        }));
      expect(known).toEqual(kafkas);
      expect(known).toHaveLength(362);
    });

    test('of a topic', () => {
      const factors: Record<string, number> = { 'minutes->ms': 60_000, 'hours->ms': 3_600_000 };
      const kafkas = sorted(tables().topic).map((row) => ({
        ...common(row),
        brokerSynonyms: row.brokerSynonyms?.map(({ name, convert }) => ({
          name,
          factor: convert === null ? 1 : factors[convert],
        })),
      }));
      const known = sorted(topicConfigs.values()).map((definition) => ({
        ...ours(definition),
        brokerSynonyms: definition.brokerSynonyms,
      }));
      expect(known).toEqual(kafkas);
      expect(known).toHaveLength(34);
    });

    test('of a group', () => {
      expect(sorted(groupConfigs.values()).map(ours)).toEqual(sorted(tables().group).map(common));
    });

    test('of client metrics', () => {
      /** Kafka drops what is twice in these lists, which its source does not show. */
      const known = sorted(clientMetricsConfigs.values()).map((definition) =>
        definition.type === 'LIST' ? { ...ours(definition), validator: null } : ours(definition),
      );
      expect(known).toEqual(sorted(tables().clientMetrics).map(common));
    });
  },
);
