import { atBorder } from '../errors.ts';
import type { Origin, OriginOptions } from './origin.ts';

/**
 * Finds what a text names: `mlflow:<run>[/path]`, `bentoml:<name>[:version]`, or a path whose content says what it is.
 * Nothing of it is executed or unpickled. Dispose of it after the version was made. Throws `not-found` for what is not
 * there, `invalid` for a name that several have, `unsupported` for a store that cannot be read.
 */
export function openOrigin(text: string, options: OriginOptions): Promise<Origin> {
  return atBorder(async () => placed(await opened(text, options), options.into));
}

async function opened(text: string, options: OriginOptions): Promise<Origin> {
  const [prefix, rest] = splitPrefix(text);
  switch (prefix) {
    case 'mlflow': {
      const origin = await (await import('./mlflow/mlflow-origin.ts')).openMlflowOrigin(rest, options);
      return (await import('./mlflow/with-headers.ts')).withHeaders(origin, options.signal);
    }
    case 'bentoml':
      return (await import('./bentoml/bentoml-origin.ts')).openBentomlOrigin(rest, options);
    default:
      return (await import('./path-origin.ts')).openPathOrigin(text, options);
  }
}

/** The kind of origin that a text names, and what stands after it; `null` for a path. */
function splitPrefix(text: string): [prefix: 'mlflow' | 'bentoml' | null, rest: string] {
  const match = /^(mlflow|bentoml):/.exec(text);
  if (!match) return [null, text];
  return [match[1] as 'mlflow' | 'bentoml', text.slice(match[0].length)];
}

/** The same with all files in a folder of the version. */
function placed(origin: Origin, into: string | undefined): Origin {
  if (into === undefined || into === '' || into === '.') return origin;
  const inside = (folder: string | undefined) => (folder ? `${into}/${folder}` : into);
  return {
    ...origin,
    sources: origin.sources.map((source) => ({ ...source, into: inside(source.into) })),
    recorded: { ...origin.recorded, into },
    [Symbol.asyncDispose]: () => origin[Symbol.asyncDispose](),
  };
}
