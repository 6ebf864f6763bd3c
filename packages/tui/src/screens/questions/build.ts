import type { Unlock } from '@cairn/core';
import type { Ui } from '../../ui/ui.ts';
import type { Question } from '../ask/state.ts';
import { typedPath } from './typed-path.ts';

export interface VersionToBuild {
  readonly model: string;
  readonly version: string;
  /** What opens a sealed version. */
  readonly unlock?: Unlock | null;
  readonly isSealed: boolean;
}

/** What stands for yes where files leave a sealed version. */
const YES = 'plaintext';

/** Where the folder is to go from which an image is built that serves the version. */
export function buildQuestion(built: VersionToBuild): Question {
  const { model, version, isSealed } = built;
  return {
    trail: [model, version, 'build'],
    question: `Where is the folder to go from which an image is built that serves ${model}@${version}?`,
    fields: [
      {
        name: 'folder',
        label: 'folder',
        about: 'a new one; in it a server, a Dockerfile, a compose file and a README',
        text: `./${model}-${version}-image`,
        problem: (text) => (text.trim() === '' ? 'name a folder' : null),
      },
      ...(isSealed
        ? [
            {
              name: 'sealed',
              label: 'type plaintext',
              about: 'the version is sealed, and what is in this folder will not be',
              problem: (text: string) => (text.trim() === YES ? null : `type ${YES} to let its files out`),
            },
          ]
        : []),
    ],
    label: 'build it',
    answer: async ({ folder }, ui) => startBuilding(ui, built, typedPath(ui, folder!)),
  };
}

function startBuilding(ui: Ui, { model, version, unlock, isSealed }: VersionToBuild, folder: string): void {
  void ui.tasks.start({
    kind: 'build',
    subject: `${model}@${version}`,
    run: (task) =>
      ui.library.buildTemplate(ui.registry, { model, version }, folder, {
        ...task,
        plaintext: isSealed,
        ...(unlock && { unlock }),
      }),
    outcome: ({ destination, buildArguments, notes }) => ({
      lines: [
        `wrote a folder that serves ${model}@${version} to ${destination}`,
        `there, docker ${buildArguments.join(' ')} makes the image`,
        ...notes,
      ],
    }),
  });
}
