import { StoreError } from '../../src/errors.ts';
import { answering } from '../../src/threads/answering.ts';

/** Answers in capitals, or does what it is told. */
answering((word: string): string => {
  if (word === 'refuse') {
    throw new StoreError('denied', 'not that', { hint: 'ask for something else', data: { word } });
  }
  if (word === 'exit') process.exit(3);
  if (word === 'loop') for (;;);
  return word.toUpperCase();
});
