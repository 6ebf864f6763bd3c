import { CairnError } from './errors.ts';
import { checkFilePath } from './file-path.ts';
import { checkModelName, checkVersionName, LATEST } from './names.ts';

/** What a reference names: a model, a version of it (a name, an alias or `latest`), a file of that. */
export interface Reference {
  readonly model: string;
  readonly version?: string;
  readonly path?: string;
}

/**
 * Reads `model`, `model@version`, `model@alias`, `model@latest` and `model@version:path`. The form
 * `model:version` is understood too, where no path can be meant. Throws `invalid`.
 */
export function parseReference(text: string): Reference {
  const at = text.indexOf('@');
  if (at < 0) return parseColonForm(text);
  const model = checkModelName(text.slice(0, at));
  const rest = text.slice(at + 1);
  const colon = rest.indexOf(':');
  if (colon < 0) return { model, version: checkVersionPart(rest, text) };
  return {
    model,
    version: checkVersionPart(rest.slice(0, colon), text),
    path: checkFilePath(rest.slice(colon + 1)),
  };
}

export function formatReference({ model, version, path }: Reference): string {
  return `${model}${version === undefined ? '' : `@${version}`}${path === undefined ? '' : `:${path}`}`;
}

function parseColonForm(text: string): Reference {
  const colon = text.indexOf(':');
  if (colon < 0) return { model: checkModelName(text) };
  return {
    model: checkModelName(text.slice(0, colon)),
    version: checkVersionPart(text.slice(colon + 1), text),
  };
}

function checkVersionPart(version: string, text: string): string {
  if (version === LATEST) return version;
  if (version !== '') return checkVersionName(version);
  throw new CairnError('invalid', `not a reference: ${JSON.stringify(text.slice(0, 200))}`, {
    hint: 'write model, model@version or model@version:path',
    data: { reference: text },
  });
}
