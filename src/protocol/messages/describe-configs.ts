import { api, type Request, type Response } from '../api.ts';
import { since } from '../struct.ts';
import { array, boolean, int8, int16, int32, nullable, nullableString, string } from '../types.ts';

const synonyms = array({
  name: string,
  value: nullableString,
  source: int8,
});

/**
 * Reads the configs of topics, brokers and more (KIP-133).
 *
 * 1 source and synonyms (KIP-226) · 3 type and documentation (KIP-569)
 */
export const DescribeConfigs = api({
  key: 32,
  name: 'DescribeConfigs',
  versions: [1, 4],
  flexible: 4,
  request: {
    resources: array({
      resourceType: int8, // 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group
      resourceName: string,
      configurationKeys: nullable(array(string)), // null: all
    }),
    includeSynonyms: since(1, boolean, false),
    includeDocumentation: since(3, boolean, false),
  },
  response: {
    throttleTimeMs: int32,
    results: array({
      errorCode: int16,
      errorMessage: nullableString,
      resourceType: int8,
      resourceName: string,
      configs: array({
        name: string,
        value: nullableString,
        readOnly: boolean,
        // 1 topic, 2 broker, 3 all brokers, 4 server.properties, 5 default
        configSource: since(1, int8, -1),
        isSensitive: boolean,
        synonyms: since(1, synonyms, []),
        // 1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8 class, 9 password
        configType: since(3, int8, 0),
        documentation: since(3, nullableString, ''),
      }),
    }),
  },
});

export type DescribeConfigsRequest = Request<typeof DescribeConfigs>;
export type DescribeConfigsResponse = Response<typeof DescribeConfigs>;
