import type { ConfigDefinition } from './config-definition.ts';
import type { ConfigValue } from './config-value.ts';
import { invalidValue, validate } from './validator.ts';

type ParsedValue = { readonly value: ConfigValue } | { readonly problem: string };

/** Java trims every character up to the blank, and no other kind of white space. */
const blanks = /^[^!-\uffff]+|[^!-\uffff]+$/g;

const integer = /^[+-]?[0-9]+$/;
const decimal = /^[+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?)$/;
const hexadecimal = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)[fFdD]?$/;

const bounds = {
  SHORT: [-(2n ** 15n), 2n ** 15n - 1n],
  INT: [-(2n ** 31n), 2n ** 31n - 1n],
  LONG: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

function parseInteger(type: keyof typeof bounds, text: string): bigint | undefined {
  if (!integer.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  const [minimum, maximum] = bounds[type];
  return value >= minimum && value <= maximum ? value : undefined;
}

function parseDouble(text: string): number | undefined {
  if (decimal.test(text)) return Number(text.replace(/[fFdD]$/, ''));
  const [, sign, whole = '', fraction = '', exponent] = hexadecimal.exec(text) ?? [];
  if (exponent === undefined || whole + fraction === '') return undefined;
  const scale = Number(exponent) - 4 * fraction.length;
  const size = Number.parseInt(whole + fraction, 16) * 2 ** scale;
  return sign === '-' ? -size : size;
}

/** Kafka drops what is twice in a list, unless the list has a validator of its own kind. */
function parseList(definition: ConfigDefinition, text: string): readonly string[] {
  const list = text === '' ? [] : text.split(/\s*,\s*/);
  return definition.validator?.kind === 'elements' ? [...new Set(list)] : list;
}

const notANumber = (type: string) => `Not a number of type ${type}`;

function parseType(definition: ConfigDefinition, given: string): ParsedValue {
  const { name, type } = definition;
  const text = given.replace(blanks, '');
  switch (type) {
    case 'BOOLEAN': {
      const lower = text.toLowerCase();
      if (lower === 'true' || lower === 'false') return { value: lower === 'true' };
      const why = 'Expected value to be either true or false';
      return { problem: invalidValue(name, given, why) };
    }
    case 'INT':
    case 'SHORT': {
      const value = parseInteger(type, text);
      if (value !== undefined) return { value: Number(value) };
      return { problem: invalidValue(name, given, notANumber(type)) };
    }
    case 'LONG': {
      const value = parseInteger(type, text);
      if (value !== undefined) return { value };
      return { problem: invalidValue(name, given, notANumber(type)) };
    }
    case 'DOUBLE': {
      const value = parseDouble(text);
      if (value !== undefined) return { value };
      return { problem: invalidValue(name, given, notANumber(type)) };
    }
    case 'LIST':
      return { value: parseList(definition, text) };
    case 'STRING':
    case 'CLASS':
    case 'PASSWORD':
      return { value: text };
  }
}

/** A config's text as its value, or what Kafka would say is wrong with it. */
export function parseValue(definition: ConfigDefinition, text: string): ParsedValue {
  const parsed = parseType(definition, text);
  if ('problem' in parsed || definition.validator === null) return parsed;
  const problem = validate(definition, parsed.value, definition.validator);
  return problem === undefined ? parsed : { problem };
}
