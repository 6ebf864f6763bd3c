import type { Ui } from '../../ui/ui.ts';
import type { Question } from '../ask/state.ts';
import { typedPath } from './typed-path.ts';

export interface KeyToExport {
  readonly model: string;
  /** The key domain that it is to open. */
  readonly keyDomain: string;
}

/** Where a copy of the key is to go that opens a sealed version; `null` when no key of the user's does. */
export async function exportKeyQuestion(ui: Ui, { model, keyDomain }: KeyToExport): Promise<Question | null> {
  const { keyring, library, registry } = ui;
  if (keyring === null) return null;
  const domains = await library.listAccess(registry, model, { keyring });
  const slots = domains.find(({ cid }) => cid === keyDomain)?.slots ?? [];
  const key = slots.flatMap(({ keys }) => keys)[0];
  if (key === undefined) return null;
  return {
    trail: [model, 'key'],
    question: `Where is a copy of the key ${key} to go? Whoever has it opens all that is sealed with it.`,
    fields: [
      {
        name: 'file',
        label: 'file',
        about: 'a new file, which only you may read; keep it apart from the registry',
        // Where one is may well be the registry, in which no key is kept.
        text: `~/${key}.key`,
        problem: (text) => (text.trim() === '' ? 'name a file' : null),
      },
    ],
    label: 'write it',
    answer: async ({ file }) => {
      const path = typedPath(ui, file!);
      await library.exportKey(keyring, key, path);
      ui.say('good', `wrote the key ${key} to ${path}`);
    },
  };
}
