import { atBorder } from '../errors.ts';
import { checkDescription } from '../models/details.ts';
import { editMain } from '../models/main-branch.ts';
import { withModel } from '../models/model-repository.ts';
import type { Registry } from '../registry/registry.ts';
import { NOTE_SCHEMA } from '../schema/model.ts';
import type { SignOptions } from '../signing/signing.ts';
import { type ReferenceInput, showVersion, type Version, versionReference } from './show.ts';
import { readStoredVersion, resolveVersionName } from './version-repository.ts';

export interface EditVersionOptions extends SignOptions {
  readonly description: string;
}

/** Changes what is said of a version by a note on the model's branch `main`; the version itself stays as it is. */
export function editVersion(
  registry: Registry,
  reference: ReferenceInput,
  { description, sign }: EditVersionOptions,
): Promise<Version> {
  return atBorder(async () => {
    const { model, version } = versionReference(reference);
    const name = await withModel(registry, model, async (repository) => {
      const resolved = await resolveVersionName(repository, registry, { model, version });
      await readStoredVersion(repository, { model, version: resolved });
      const note = { schema: NOTE_SCHEMA, description: checkDescription(description) } as const;
      await editMain(repository, registry, {
        model,
        message: `describe ${resolved}`,
        ...(sign !== undefined && { sign }),
        change: ({ document, card }) => ({ document, card, notes: new Map([[resolved, note]]) }),
      });
      return resolved;
    });
    return showVersion(registry, { model, version: name });
  });
}
