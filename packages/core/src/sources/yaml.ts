import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { CairnError } from '../errors.ts';

/**
 * A value of a YAML document as it is used here: scalars stay the text that they were written as, so that the run id
 * `1e10` is no number and the version `1.10` is not `1.1`; an empty or unquoted `null` is `null`. What YAML tags would
 * construct is never constructed: a tagged value is what stands after its tag.
 */
export type YamlValue = string | null | readonly YamlValue[] | YamlMap;
export interface YamlMap extends ReadonlyMap<string, YamlValue> {}

/** Largest YAML document that is read, bytes: those of MLflow and BentoML have a few KiB, signatures some hundred. */
export const YAML_SIZE_MAX = 1024 * 1024;

/** Most values in one document once aliases are followed: a bomb of nested aliases has billions. */
const VALUES_MAX = 200_000;

/** Deepest nesting; signatures and metadata need about ten. */
const DEPTH_MAX = 64;

/**
 * Reads a YAML document. Throws `damaged` for what is not YAML, `hostile` for what is beyond the limits. `what` is for
 * the message.
 */
export function parseYaml(text: string, what: string): YamlValue {
  return parsePlainMapping(text) ?? parseAny(text, what);
}

/** The same for a document that has to be a mapping. */
export function parseYamlMap(text: string, what: string): YamlMap {
  const value = parseYaml(text, what);
  if (isYamlMap(value)) return value;
  throw new CairnError('damaged', `${what} is not a YAML mapping`, { hint: HALF_WRITTEN });
}

export function isYamlMap(value: YamlValue | undefined): value is YamlMap {
  return value instanceof Map;
}

/** Whether the text is written as YAML writes numbers that count something. */
const INTEGER = /^-?\d{1,16}$/;

/** A value as a whole number; `null` when it is anything else. */
export function yamlInteger(value: YamlValue | undefined): number | null {
  if (typeof value !== 'string' || !INTEGER.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

/** A value as text; `null` when it is a list, a mapping or nothing, or when it is empty. */
export function yamlText(value: YamlValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

const HALF_WRITTEN = 'it may be half-written, or not what it is called';

/** `key: value` with nothing in it that YAML would read as more than text. */
const PLAIN_LINE =
  /^([A-Za-z_][A-Za-z0-9_]*):(?: ('[^'\\\n]*'|[A-Za-z0-9_/.][A-Za-z0-9_/.+=@-]*(?:[ :][A-Za-z0-9_/.+=@-]+)*))?$/;

/**
 * Reads what most files of MLflow are: a flat mapping of simple words, a line each. A thousand of them take the full
 * parser half a second. `null` when anything in it is not that simple.
 */
export function parsePlainMapping(text: string): YamlMap | null {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length > VALUES_MAX) return null;
  const map = new Map<string, YamlValue>();
  for (const line of lines) {
    const match = PLAIN_LINE.exec(line);
    if (!match || map.has(match[1]!)) return null;
    const [, key, value] = match;
    map.set(key!, value?.startsWith("'") ? value.slice(1, -1) : plainScalar(value ?? ''));
  }
  return map.size > 0 ? map : null;
}

/** `null` as YAML writes it without quotes. */
function plainScalar(text: string): string | null {
  return /^(?:null|Null|NULL|~|)$/.test(text) ? null : text;
}

function parseAny(text: string, what: string): YamlValue {
  if (text.length > YAML_SIZE_MAX) {
    throw new CairnError(
      'hostile',
      `${what} has ${text.length} characters; at most ${YAML_SIZE_MAX} are read`,
    );
  }
  const document = read(text, what);
  const [problem] = document.errors;
  if (problem) throw damaged(what, problem.message.split('\n', 1)[0]!, problem);
  return new Converter(what, (alias) => (isAlias(alias) ? alias.resolve(document) : undefined)).convert(
    document.contents as Node | null,
    0,
  );
}

/** Failsafe: mappings, lists and text, and no other kinds. Merge keys and directives have no meaning in it. */
function read(text: string, what: string) {
  try {
    return parseDocument(text, {
      schema: 'failsafe',
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false,
      stringKeys: false,
    });
  } catch (cause) {
    throw damaged(what, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

class Converter {
  readonly #what: string;
  readonly #resolve: (alias: Node) => Node | undefined;
  #values = 0;

  constructor(what: string, resolve: (alias: Node) => Node | undefined) {
    this.#what = what;
    this.#resolve = resolve;
  }

  convert(node: Node | null | undefined, depth: number): YamlValue {
    this.#values += 1;
    if (this.#values > VALUES_MAX || depth > DEPTH_MAX) throw this.#beyondLimits();
    if (isAlias(node)) return this.convert(this.#resolve(node), depth + 1);
    if (isScalar(node)) return scalarOf(node);
    if (isSeq(node)) return node.items.map((item) => this.convert(item as Node | null, depth + 1));
    if (!isMap(node)) return null;
    const map = new Map<string, YamlValue>();
    for (const { key, value } of node.items) {
      const name = this.convert(key as Node | null, depth + 1);
      map.set(typeof name === 'string' ? name : '', this.convert(value as Node | null, depth + 1));
    }
    return map;
  }

  #beyondLimits(): CairnError {
    return new CairnError(
      'hostile',
      `${this.#what} holds more than ${VALUES_MAX} values, or more than ${DEPTH_MAX} inside each other`,
      { hint: 'do not trust where it came from' },
    );
  }
}

function scalarOf({ type, value }: { type?: string | null; value: unknown }): string | null {
  const text = typeof value === 'string' ? value : '';
  return type === 'PLAIN' || type === undefined ? plainScalar(text) : text;
}

function damaged(what: string, problem: string, cause: unknown): CairnError {
  return new CairnError('damaged', `${what} is not YAML: ${problem}`, { hint: HALF_WRITTEN, cause });
}
