import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokerConfigs } from '../../src/config/broker-configs.ts';
import { clientMetricsConfigs } from '../../src/config/client-metrics-configs.ts';
import type { ConfigDefinition } from '../../src/config/config-definition.ts';
import { double, int, list, long, short, string } from '../../src/config/define.ts';
import { formatDouble } from '../../src/config/format-double.ts';
import { formatValue } from '../../src/config/format-value.ts';
import { groupConfigs } from '../../src/config/group-configs.ts';
import { parseValue } from '../../src/config/parse-value.ts';
import { isShareAutoOffsetReset } from '../../src/config/share-auto-offset-reset.ts';
import { topicConfigs } from '../../src/config/topic-configs.ts';

const definitions: readonly ConfigDefinition[] = [
  ...[...brokerConfigs.values(), ...topicConfigs.values()],
  ...[...groupConfigs.values(), ...clientMetricsConfigs.values()],
];

const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\u0000'), maxLength: 3 });

describe('parseValue', () => {
  test('every default is a right value, and is shown as it stands in the table', () => {
    for (const definition of definitions) {
      const { name, type, defaultValue } = definition;
      if (defaultValue === null) continue;
      const parsed = parseValue(definition, defaultValue);
      expect(parsed, name).toHaveProperty('value');
      if ('value' in parsed) expect(formatValue(type, parsed.value), name).toBe(defaultValue);
    }
  });

  test.each([
    [short('a', null), 15n],
    [int('a', null), 31n],
    [long('a', null), 63n],
  ] as const)('integers are exact to the last bit, and no further (%#)', (definition, bits) => {
    const limit = 2n ** bits;
    fc.assert(
      fc.property(fc.bigInt(-limit * 2n, limit * 2n), blank, blank, (value, before, after) => {
        const text = `${before}${value}${after}`;
        const parsed = parseValue(definition, text);
        if (value >= -limit && value < limit) {
          expect(parsed).toHaveProperty('value');
          if ('value' in parsed) expect(BigInt(parsed.value as number)).toBe(value);
        } else {
          const why = `Not a number of type ${definition.type}`;
          expect(parsed).toEqual({ problem: `Invalid value ${text} for configuration a: ${why}` });
        }
      }),
    );
    expect(parseValue(definition, String(limit))).toHaveProperty('problem');
    expect(parseValue(definition, String(limit - 1n))).toHaveProperty('value');
    expect(parseValue(definition, String(-limit))).toHaveProperty('value');
  });

  test('doubles survive being printed as Java prints them', () => {
    const definition = double('a', null);
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(parseValue(definition, formatDouble(value))).toEqual({ value });
      }),
    );
  });

  test.each([
    [0.5, '0.5'],
    [1, '1.0'],
    [-0, '-0.0'],
    [0.001, '0.001'],
    [0.0001, '1.0E-4'],
    [9_999_999, '9999999.0'],
    [10_000_000, '1.0E7'],
    [1.25e20, '1.25E20'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('the double %s is shown as %s', (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });

  test.each(['1e400', '-.5f', '0x1.8p1', '+Infinity', 'NaN', '1.d'])('%s is a double', (text) => {
    expect(parseValue(double('a', null), text)).toHaveProperty('value');
  });

  test.each(['', '.', 'e5', '1e', '0x1', '1 2', 'infinity', '0x.p1'])('"%s" is none', (text) => {
    expect(parseValue(double('a', null), text)).toHaveProperty('problem');
  });

  test('lists and strings are trimmed and come out as they went in', () => {
    const element = fc.string({ unit: fc.constantFrom('a', 'b', ':', '.', 'é'), minLength: 1 });
    fc.assert(
      fc.property(fc.uniqueArray(element), blank, (elements, space) => {
        const text = `${space}${elements.join(`${space.replaceAll('\u0000', '')}, `)}${space}`;
        const parsed = parseValue(list('a', null), text);
        expect(parsed).toEqual({ value: elements });
        expect(formatValue('LIST', elements)).toBe(elements.join(','));
      }),
    );
    expect(parseValue(string('a', null), '\u0000 a b\n')).toEqual({ value: 'a b' });
  });

  test('Java trims blanks and control characters, but no other white space', () => {
    expect(parseValue(string('a', null), '\u00a0a\u2003')).toEqual({ value: '\u00a0a\u2003' });
  });

  test.each(['PT1H', 'P1D', 'P1DT2H3M4.5S', 'pt5s', 'PT0.000000001S'])('by_duration:%s', (text) => {
    expect(isShareAutoOffsetReset(`by_duration:${text}`)).toBe(true);
  });

  test.each(['', 'P', 'PT', 'P1', '1H', 'PT-1H', 'P1Y', 'PT1.5H', 'P1DT'])(
    'not by_duration:%s',
    (text) => {
      expect(isShareAutoOffsetReset(`by_duration:${text}`)).toBe(false);
    },
  );
});
