import type { z } from 'zod';
import { CairnError } from '../errors.ts';
import { quoted } from './manifest-fields.ts';
import { nearest } from './nearest.ts';

/** Problems told in one message; the first few tell the story. */
const PROBLEMS_TOLD = 5;

/** A field of the manifest, such as `models[0].loader.file`, and what is wrong with it. */
export interface ManifestProblem {
  readonly field: string;
  readonly problem: string;
}

/** The error for what a schema found. */
export function invalidFields(issues: readonly z.core.$ZodIssue[]): CairnError {
  return invalidManifest(issues.flatMap(problemsOf));
}

/** The error for a manifest with problems; all of them stand in its `data.problems`. */
export function invalidManifest(problems: readonly ManifestProblem[]): CairnError {
  const told = problems.slice(0, PROBLEMS_TOLD).map(({ field, problem }) => `${field}: ${problem}`);
  const more = problems.length > told.length ? `; and ${problems.length - told.length} more` : '';
  return new CairnError('invalid', `manifest.json cannot be used: ${told.join('; ')}${more}`, {
    hint: 'correct it, or write a new one with `cairn manifest new`',
    data: { problems },
  });
}

/** Says what zod found, in the words of the manifest; for what says it better itself, nothing. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue.expected, issue.input);
    case 'invalid_value':
      return describeValue(issue.values, issue.input);
    case 'too_small':
      return typeof issue.input === 'number'
        ? `it must be at least ${issue.minimum}`
        : 'it must not be empty';
    case 'too_big':
      return `it must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object'],
]);

function describeType(expected: string, input: unknown): string {
  const wanted = KINDS.get(expected) ?? expected;
  if (input === undefined) return `it is missing; expected ${wanted}`;
  if (input === null) return `expected ${wanted}, got null; leave the field out if there is nothing to say`;
  const got = Array.isArray(input) ? 'array' : typeof input;
  const shown = got === 'array' || got === 'object' ? KINDS.get(got) : quoted(input);
  return `expected ${wanted}, got ${shown}`;
}

function describeValue(values: readonly unknown[], input: unknown): string {
  const names = values.map(String);
  if (input === undefined) return `it is missing; expected ${listed(names)}`;
  const meant = typeof input === 'string' ? nearest(input, names) : null;
  return `expected ${listed(names)}, got ${quoted(input)}${meant ? `; did you mean ${meant}?` : ''}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function problemsOf(issue: z.core.$ZodIssue): ManifestProblem[] {
  if (issue.code !== 'unrecognized_keys') return [{ field: fieldAt(issue.path), problem: issue.message }];
  const told = issue.message.split('\n');
  return issue.keys.map((key, index) => ({ field: fieldAt([...issue.path, key]), problem: told[index]! }));
}

/** `models[0].loader`; a name that is not an ordinary one stands in quotes. */
function fieldAt(path: readonly PropertyKey[]): string {
  let field = '';
  for (const step of path) {
    if (typeof step === 'number') field += `[${step}]`;
    else if (/^[\w-]{1,64}$/.test(String(step))) field += `${field === '' ? '' : '.'}${String(step)}`;
    else field += `[${quoted(String(step))}]`;
  }
  return field === '' ? 'the manifest' : field;
}
