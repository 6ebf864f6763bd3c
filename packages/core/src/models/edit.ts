import { atBorder } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { encodeJson } from '../schema/document.ts';
import type { SignOptions } from '../signing/signing.ts';
import { changedLabels, checkCard, checkDescription } from './details.ts';
import { editMain, type MainBranch, type MainEdit } from './main-branch.ts';
import { withModel } from './model-repository.ts';
import { type Model, showModel } from './show.ts';

export interface EditModelOptions extends SignOptions {
  readonly description?: string;
  /** Labels to set; `null` removes one; those not named stay. */
  readonly labels?: Readonly<Record<string, string | null>>;
  /** The model card, Markdown. */
  readonly card?: string;
}

/** Changes what is said of a model, as a commit on its branch `main`. Nothing is written when nothing changes. */
export function editModel(registry: Registry, name: string, options: EditModelOptions): Promise<Model> {
  return atBorder(async () => {
    await withModel(registry, name, (repository) =>
      editMain(repository, registry, {
        model: name,
        message: `edit ${name}`,
        ...(options.sign !== undefined && { sign: options.sign }),
        change: (main) => changed(main, options),
      }),
    );
    return showModel(registry, name);
  });
}

function changed({ document, card }: MainBranch, options: EditModelOptions): MainEdit | null {
  const next: MainEdit = {
    document: {
      ...document,
      description:
        options.description === undefined ? document.description : checkDescription(options.description),
      labels: changedLabels(document.labels, options.labels ?? {}),
    },
    card: options.card === undefined ? card : checkCard(options.card),
  };
  const same = encodeJson(next) === encodeJson({ document, card });
  return same ? null : next;
}
