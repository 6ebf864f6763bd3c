import type { AliasMove, AliasOptions } from '@cairn/core';
import type { Ui } from '../../ui/ui.ts';
import type { Answers, AskedField, Question } from '../ask/state.ts';
import { nameRefusal } from '../name-check.ts';

export interface AliasToSet {
  readonly model: string;
  readonly version: string;
  /** Proposed. */
  readonly alias?: string;
}

/** Which alias is to stand for a version, and why. */
export function aliasQuestion(ui: Ui, { model, version, alias = '' }: AliasToSet): Question {
  return {
    trail: [model, version, 'alias'],
    question: `Which alias is to stand for ${model}@${version}?`,
    fields: [
      {
        name: 'alias',
        label: 'alias',
        about: 'such as prod; one that stands for another version is moved',
        text: alias,
        problem: (text) =>
          text.trim() === '' ? 'name an alias' : nameRefusal(ui.library.checkAliasName, text.trim()),
      },
      ...REASON_FIELDS,
    ],
    label: 'set it',
    answer: async (answers) => {
      const name = answers.alias!.trim();
      const done = await ui.library.setAlias(
        ui.registry,
        { model, alias: name },
        version,
        optionsOf(answers, name),
      );
      ui.say('good', moveText(done));
    },
  };
}

/** Why an alias goes one step back. */
export function rollbackQuestion(ui: Ui, { model, alias }: { model: string; alias: string }): Question {
  return {
    trail: [model, alias, 'roll back'],
    question: `Give ${alias} of ${model} back what it stood for before its last move?`,
    fields: REASON_FIELDS,
    label: 'roll back',
    answer: async (answers) => {
      const done = await ui.library.rollbackAlias(ui.registry, { model, alias }, optionsOf(answers, alias));
      ui.say('good', moveText(done));
    },
  };
}

const REASON_FIELDS: readonly AskedField[] = [
  { name: 'reason', label: 'why', about: 'for the history; may be left out, unless the alias is protected' },
  {
    name: 'insist',
    label: 'name again',
    about: 'the alias once more; only one that is protected needs it',
    placeholder: 'only for a protected alias',
  },
];

/** Whoever types the name of a protected alias once more means it. */
function optionsOf({ reason = '', insist = '' }: Answers, alias: string): AliasOptions {
  return { ...(reason.trim() !== '' && { reason: reason.trim() }), force: insist.trim() === alias };
}

function moveText({ model, alias, from, to, moved }: AliasMove): string {
  if (!moved) return `${alias} of ${model} stands for ${to} already`;
  return from === null
    ? `${alias} of ${model} stands for ${to}`
    : `${alias} of ${model} moved from ${from} to ${to}`;
}
