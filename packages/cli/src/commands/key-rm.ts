import { defineCommand } from '../command.ts';
import { keyringOf } from '../config-folder.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { cleanLine } from '../output/clean.ts';
import { confirm, note } from '../output/print.ts';
import { REMOVED_KEY_SHAPE } from '../shapes/keys.ts';

export const keyRm = defineCommand({
  name: 'key rm',
  group: 'Keys',
  summary: 'remove one of your keys from this machine',
  details: [
    'What is sealed with it stays as it is, and opens with a copy of the key, or with another key or passphrase that ' +
      'was granted. Without any of these nobody opens it again: there is no recovery.',
  ],
  arguments: { name: { placeholder: '<name>', summary: 'the key', completes: 'key' } },
  options: { yes: { short: 'y', summary: 'do not ask' } },
  examples: [{ line: 'cairn key rm old', does: 'removes a key, after asking' }],
  json: [{ shape: REMOVED_KEY_SHAPE }],
  async run(context, { arguments: { name }, options }) {
    const core = await context.loadCore();
    const keyring = keyringOf(context);
    const { keys, problems } = await core.examineKeyring(keyring);
    const fingerprint = keys.find((key) => key.name === name)?.fingerprint ?? null;
    const isThere = fingerprint !== null || problems.some((problem) => problem.name === name);
    if (isThere && !options.yes && !(await isWanted(context, name, fingerprint))) {
      await note(context, 'nothing was removed');
      return EXIT.failed;
    }
    await core.removeKey(keyring, name);
    await confirm(context, { json: { name, fingerprint }, text: () => `removed the key ${name}` });
    return EXIT.done;
  },
});

async function isWanted(
  { terminal, signal }: Context,
  name: string,
  fingerprint: string | null,
): Promise<boolean> {
  const what = `the key ${name}${fingerprint === null ? '' : `, ${fingerprint}`}`;
  if (!terminal.canAsk()) {
    throw new CommandError('refused', `${what} is not removed without being told so`, {
      hint: `without a copy, nobody opens what is sealed with it alone: cairn key export ${name} <file>, then --yes`,
    });
  }
  const lost = 'without a copy of it, nobody opens what is sealed with it alone';
  const answer = await terminal.ask(cleanLine(`remove ${what}? ${lost} [y/N] `), signal);
  return answer !== null && /^y(?:es)?$/i.test(answer.trim());
}
