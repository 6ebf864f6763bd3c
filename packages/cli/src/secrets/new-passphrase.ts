import type { Context, Core } from '../context.ts';
import { CommandError, usageError } from '../errors.ts';
import { namedSecret } from './named-secret.ts';
import type { NewPassphraseOptions } from './options.ts';

/** Times that somebody may type two different passphrases. */
const TRIES_MAX = 3;

export interface NewPassphraseChoice extends Partial<NewPassphraseOptions> {
  /** Stands before the names of the options, for messages. */
  readonly prefix?: string;
  /** Whether `CAIRN_PASSPHRASE` is meant for it; true when left out. */
  readonly variable?: boolean;
}

/**
 * A passphrase to seal with: from a file, a descriptor or `CAIRN_PASSPHRASE`; else it is asked for twice, without
 * echo, and one is proposed. Throws `usage` when there is nobody to ask.
 */
export async function newPassphraseFrom(
  context: Context,
  core: Core,
  { prefix = '', variable = true, ...options }: NewPassphraseChoice,
): Promise<string> {
  const { 'passphrase-file': file, 'passphrase-fd': fd } = options;
  const named = await namedSecret(context, core, { prefix, 'passphrase-file': file, 'passphrase-fd': fd });
  if (named?.kind === 'passphrase') return named.passphrase;
  if (variable && context.variables.CAIRN_PASSPHRASE) return context.variables.CAIRN_PASSPHRASE;
  if (context.terminal.canAskSecret()) return askNew(context, core);
  throw usageError(
    'there is nobody to ask for the new passphrase',
    `give it with --${prefix}passphrase-file or --${prefix}passphrase-fd${variable ? ', or in CAIRN_PASSPHRASE' : ''}`,
  );
}

async function askNew({ terminal, signal }: Context, core: Core): Promise<string> {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const first = await terminal.askSecret('new passphrase (Enter alone proposes one): ', signal);
    if (first === null) break;
    if (first === '') return proposed({ terminal, signal }, core);
    const second = await terminal.askSecret('the same again: ', signal);
    if (second === null) break;
    if (second.normalize('NFC') === first.normalize('NFC')) return first;
    await terminal.err.write('those were two different ones\n');
  }
  throw new CommandError('refused', 'no passphrase was given');
}

async function proposed(
  { terminal, signal }: Pick<Context, 'terminal' | 'signal'>,
  core: Core,
): Promise<string> {
  const { passphrase, bits } = await core.proposePassphrase();
  await terminal.err.write(
    `\n  ${passphrase}\n\nIt has ${bits} bits, so that nobody guesses it. Write it down: it is not shown again, and ` +
      'without it nothing can be opened.\n',
  );
  const again = await terminal.askSecret('type it here once it is written down: ', signal);
  if (again?.trim() === passphrase) return passphrase;
  throw new CommandError('refused', 'that was another one, and no passphrase was taken');
}
