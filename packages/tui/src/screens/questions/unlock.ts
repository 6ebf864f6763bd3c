import type { Unlock } from '@cairn/core';
import type { Question } from '../ask/state.ts';

/** The passphrase of something that is sealed. `open` throws when it does not open with it. */
export function unlockQuestion(what: string, open: (unlock: Unlock) => Promise<void>): Question {
  return {
    trail: [what, 'open'],
    question: `${what} is sealed, and none of your keys opens it.`,
    fields: [
      {
        name: 'passphrase',
        label: 'passphrase',
        about: 'it stays with this screen, and is forgotten with it',
        hidden: true,
        problem: (text) => (text === '' ? 'give a passphrase' : null),
      },
    ],
    label: 'open',
    leave: 'leave it shut',
    meanwhile: 'opening',
    answer: ({ passphrase }) => open({ secret: { kind: 'passphrase', passphrase: passphrase! } }),
  };
}
