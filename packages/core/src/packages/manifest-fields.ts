import { z } from 'zod';
import { filePathProblem } from '../file-path.ts';
import { nearest } from './nearest.ts';
import { CLEANUP_POLICIES, type Cleanup, type Declaration, FRAMEWORKS } from './package-manifest.ts';

/** Text that says something. */
export const text = z.string().min(1);

export const framework = z.enum(FRAMEWORKS);

export const cleanupPolicy = z.enum(CLEANUP_POLICIES);

/** What Python and JavaScript both take as the name of a function or a class. */
export const functionName = checkedText((name) =>
  /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) ? null : 'it must be letters, digits and _, without a digit in front',
);

/** The name of a submodel, whose files stand in a folder of that name. */
export const folderName = checkedText((name) =>
  name.includes('/') ? 'it names a folder, and must be one name without /' : filePathProblem(name),
);

/** Globs relative to the package. */
export const cleanupFiles = z.array(
  checkedText((glob) => {
    if (glob.startsWith('/')) return 'it must not begin with /';
    return glob.split('/').includes('..') ? 'it must not lead out of the package with ..' : null;
  }),
);

/** The fields of an object and no others. What is said of others is a line for each of them. */
export function strictFields<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  explain: (field: string) => string | null = () => null,
) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => explain(key) ?? unknownField(key, known)).join('\n')
        : undefined,
  });
}

/** Inputs or outputs. */
export function declarations({ nullable }: { readonly nullable: boolean }) {
  const optional = nullable ? text.nullish() : text.optional();
  const declaration = strictFields({ name: optional, type: optional });
  return z.array(
    declaration.transform(({ name, type }): Declaration => ({ name: name ?? null, type: type ?? null })),
  );
}

/** The clean-up of a model whose files stand in a folder: all of them, after loading, when nothing else is said. */
export function cleanupOf(
  folder: string,
  policy: Cleanup['policy'] | null | undefined,
  files: readonly string[] | null | undefined,
): Cleanup {
  return { policy: policy ?? 'after-load', files: files && files.length > 0 ? files : [folder] };
}

/** Text that a function finds nothing wrong with. */
export function checkedText(problemOf: (text: string) => string | null): z.ZodType<string, string> {
  return z
    .string()
    .min(1)
    .superRefine((value, context) => {
      const problem = value === '' ? null : problemOf(value);
      if (problem !== null) context.addIssue(`${quoted(value)}: ${problem}`);
    });
}

/** Longest text that is repeated in a message, characters. */
const QUOTED_MAX = 80;

/** A value of the manifest as messages show it. */
export function quoted(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length <= QUOTED_MAX ? json : `${json.slice(0, QUOTED_MAX)}...`;
}

function unknownField(field: string, known: readonly string[]): string {
  const meant = nearest(field, known);
  return meant === null
    ? `there is no such field; there are ${known.join(', ')}`
    : `there is no such field; did you mean ${meant}?`;
}
