import type { Unlock } from '@cairn/core';
import type { Ui } from '../../ui/ui.ts';
import type { Question } from '../ask/state.ts';
import { nameRefusal } from '../name-check.ts';

/** Another name for a model. */
export function renameModelQuestion(ui: Ui, model: string): Question {
  return {
    trail: [model, 'rename'],
    question: `What is ${model} to be called?`,
    fields: [
      {
        name: 'name',
        label: 'name',
        about: 'commands and programs that use the old name do not find the model any more',
        placeholder: model,
        problem: (name) => nameProblem(ui.library.checkModelName, model, name),
      },
    ],
    label: 'rename',
    answer: async ({ name }) => {
      await ui.library.renameModel(ui.registry, model, name!);
      ui.say('good', `renamed ${model} to ${name}`);
      ui.router.backTo('models');
    },
  };
}

export interface VersionToRename {
  readonly model: string;
  readonly version: string;
  /** What opens a sealed version, which is sealed under its name. */
  readonly unlock?: Unlock | null;
}

/** Another name for a version that nobody else has yet. */
export function renameVersionQuestion(ui: Ui, { model, version, unlock }: VersionToRename): Question {
  return {
    trail: [model, version, 'rename'],
    question: `What is ${model}@${version} to be called?`,
    fields: [
      {
        name: 'name',
        label: 'name',
        about: 'a version that was shared keeps its name, because others have it',
        placeholder: version,
        problem: (name) => nameProblem(ui.library.checkVersionName, version, name),
      },
    ],
    label: 'rename',
    answer: async ({ name }) => {
      await ui.library.renameVersion(ui.registry, { model, version }, name!, { ...(unlock && { unlock }) });
      ui.say('good', `renamed ${model}@${version} to ${name}`);
      ui.router.backTo('model');
    },
  };
}

function nameProblem(check: (name: string) => unknown, now: string, name: string): string | null {
  return name === now ? 'it is called so now' : nameRefusal(check, name);
}
