import type { Unlock } from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';
import type { Ui } from '../../ui/ui.ts';
import type { Question } from '../ask/state.ts';
import { typedPath } from './typed-path.ts';

export interface VersionToTakeOut {
  readonly model: string;
  readonly version: string;
  /** What opens a sealed version. */
  readonly unlock?: Unlock | null;
}

/** Where the files of a version are to go; then they are written there. */
export function takeOutQuestion(taken: VersionToTakeOut): Question {
  const { model, version } = taken;
  return {
    trail: [model, version, 'take out'],
    question: `Where are the files of ${model}@${version} to go?`,
    fields: [
      {
        name: 'folder',
        label: 'folder',
        about: 'a new folder, or one whose files are the same; nothing is written over',
        text: `./${model}-${version}`,
        problem: (text) => (text.trim() === '' ? 'name a folder' : null),
      },
    ],
    label: 'take out',
    answer: async ({ folder }, ui) => startTakingOut(ui, taken, typedPath(ui, folder!)),
  };
}

function startTakingOut(ui: Ui, { model, version, unlock }: VersionToTakeOut, folder: string): void {
  void ui.tasks.start({
    kind: 'get',
    subject: `${model}@${version}`,
    run: (task) =>
      ui.library.takeOut(ui.registry, { model, version }, folder, { ...task, ...(unlock && { unlock }) }),
    outcome: ({ destination, files, bytes, unchanged }) => {
      const same = unchanged > 0 ? `; ${formatCount(unchanged, 'file')} were there already` : '';
      const written = `${formatCount(files, 'file')}, ${formatSize(bytes)}`;
      return { lines: [`took out ${model}@${version} to ${destination}: ${written}${same}`] };
    },
  });
}
