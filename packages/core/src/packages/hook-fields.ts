import { z } from 'zod';
import { filePathProblem } from '../file-path.ts';
import { BUILT_IN_LOADERS, BUILT_IN_PREDICTORS } from './built-in-hooks.ts';
import { checkedText, functionName, quoted, strictFields } from './manifest-fields.ts';
import { describeIssue } from './manifest-problems.ts';
import { nearest } from './nearest.ts';
import type { FileHook } from './package-manifest.ts';

/** A submodel's `loader`. */
export const loader = hook({ usual: 'load', builtIns: BUILT_IN_LOADERS });

/** A service's `predictor`. */
export const predictor = hook({ usual: 'predict', builtIns: BUILT_IN_PREDICTORS });

interface HookKind<BuiltIn> {
  /** The name of the function when none is given. */
  readonly usual: string;
  readonly builtIns: ReadonlyMap<string, z.ZodType<BuiltIn>>;
}

/**
 * A hook in one of its three forms: a path, a file with a function, something built in. The form is found first, so
 * that what is wrong is said of the one that was meant.
 */
function hook<BuiltIn>({ usual, builtIns }: HookKind<BuiltIn>) {
  const path = hookPath().transform((file): FileHook => ({ kind: 'file', file, function: usual }));
  const file = strictFields({ file: hookPath(), function: functionName.optional() }).transform(
    (fields): FileHook => ({ kind: 'file', file: fields.file, function: fields.function ?? usual }),
  );
  return z.unknown().transform((value, context): FileHook | BuiltIn => {
    const form = formOf<FileHook | BuiltIn>(value, { path, file, builtIns });
    if (typeof form === 'string') {
      context.addIssue(form);
      return z.NEVER;
    }
    const result = form.safeParse(value, { error: describeIssue });
    if (result.success) return result.data;
    for (const issue of result.error.issues) context.issues.push(raised(issue, value));
    return z.NEVER;
  });
}

/** An issue of the form that was meant, as one of the hook. */
function raised(issue: z.core.$ZodIssue, input: unknown): z.core.$ZodRawIssue {
  return { ...issue, input } as z.core.$ZodRawIssue;
}

interface Forms<Hook> {
  readonly path: z.ZodType<Hook>;
  readonly file: z.ZodType<Hook>;
  readonly builtIns: ReadonlyMap<string, z.ZodType<Hook>>;
}

/** The form that a value is in, or what is wrong with it as a whole. */
function formOf<Hook>(value: unknown, { path, file, builtIns }: Forms<Hook>): z.ZodType<Hook> | string {
  if (typeof value === 'string') return path;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `expected a path, {"file": ...} or {"built-in": ...}, got ${quoted(value)}`;
  }
  if ('file' in value && 'built-in' in value) return 'it has both file and built-in; leave one of them out';
  if (!('built-in' in value)) return file;
  const named = value['built-in'];
  const builtIn = typeof named === 'string' ? builtIns.get(named) : undefined;
  if (builtIn) return builtIn;
  const names = [...builtIns.keys()];
  const meant = typeof named === 'string' ? nearest(named, names) : null;
  return `nothing built in is called ${quoted(named)}; ${meant ? `did you mean ${meant}?` : `there is ${names.join(', ')}`}`;
}

/** Where a hook's file stands in the package. A path that begins with neither `hooks/` nor `src/` is one in `hooks/`. */
function hookPath() {
  return checkedText(hookPathProblem).transform((path) => {
    const clean = withoutDots(path);
    return /^(hooks|src)\//.test(clean) ? clean : `hooks/${clean}`;
  });
}

function hookPathProblem(path: string): string | null {
  if (path.startsWith('/')) return 'it must be relative to the package';
  if (path.split('/').includes('..')) return 'it must not lead out of the package with ..';
  const problem = filePathProblem(withoutDots(path));
  if (problem !== null) return problem;
  return /[^/]\.(py|mjs)$/.test(path) ? null : 'it must be a Python file (.py) or one for Node (.mjs)';
}

/** `./hooks//load.py` is `hooks/load.py`, as Python's `pathlib` has it. */
function withoutDots(path: string): string {
  return path
    .split('/')
    .filter((component) => component !== '' && component !== '.')
    .join('/');
}
