import { isYamlMap, type YamlMap, type YamlValue } from './yaml.ts';

/** Most entries that are taken over from another program. */
const ENTRIES_MAX = 500;

/** What a label may have, characters (schema/model.ts). */
const KEY_LENGTH_MAX = 200;
const VALUE_LENGTH_MAX = 10_000;

/**
 * Texts by name that can be recorded as labels or parameters; those that cannot, for their name or their length, are
 * left out.
 */
export function recordable(entries: Iterable<readonly [string, string]>): Record<string, string> {
  const fitting = [...entries].filter(([key, value]) => isRecordable(key, value)).slice(0, ENTRIES_MAX);
  return Object.fromEntries(fitting);
}

function isRecordable(key: string, value: string): boolean {
  if (key === '' || key === '__proto__' || key.length > KEY_LENGTH_MAX) return false;
  return value.length <= VALUE_LENGTH_MAX && key.isWellFormed() && value.isWellFormed();
}

/** The texts in a mapping and the mappings in it, under names with dots between; a list is its texts with commas between. */
export function flattened(map: YamlMap, above = ''): [string, string][] {
  return [...map].flatMap(([key, value]): [string, string][] => {
    const name = `${above}${key}`;
    if (isYamlMap(value)) return flattened(value, `${name}.`);
    const text = textOf(value);
    return text === null ? [] : [[name, text]];
  });
}

function textOf(value: YamlValue): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  const texts = (value as readonly YamlValue[]).filter((each) => typeof each === 'string');
  return texts.length === value.length && texts.length > 0 ? texts.join(', ') : null;
}

/** A YAML value as JSON has it. */
export function plainYaml(value: YamlValue): unknown {
  if (isYamlMap(value)) return plainMap(value);
  return Array.isArray(value) ? (value as readonly YamlValue[]).map(plainYaml) : value;
}

/** A mapping as an object; the one key that JavaScript keeps for itself is left out. */
export function plainMap(map: YamlMap): Record<string, unknown> {
  const entries = [...map].filter(([key]) => key !== '__proto__');
  return Object.fromEntries(entries.map(([key, value]) => [key, plainYaml(value)]));
}
