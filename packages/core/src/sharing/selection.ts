import { CairnError } from '../errors.ts';
import { parseReference } from '../reference.ts';

/** Which versions of which models are named; `null` for all versions. Throws `invalid`. */
export function selectionOf(references: readonly string[]): Map<string, ReadonlySet<string> | null> {
  const selection = new Map<string, Set<string> | null>();
  for (const text of references) {
    const { model, version, path } = parseReference(text);
    if (path !== undefined) throw onlyWhole(text);
    const chosen = selection.get(model);
    if (version === undefined) selection.set(model, null);
    else if (chosen !== null) selection.set(model, new Set([...(chosen ?? []), version]));
  }
  return selection;
}

function onlyWhole(text: string): CairnError {
  return new CairnError(
    'invalid',
    `${JSON.stringify(text)} is a file; only models and versions can be sent or brought`,
    {
      hint: 'name a model or a version, such as stockpred@v3',
    },
  );
}
