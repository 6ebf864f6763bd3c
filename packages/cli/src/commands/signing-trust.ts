import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatCount } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, systemCode } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withRegistry } from '../registry.ts';
import { SIGNER_SHAPE, signerJson } from '../shapes/signing.ts';
import { noteUncommitted } from '../signing-text.ts';

/** Some thousands of keys have this many bytes. */
const FILE_SIZE_MAX = 1024 * 1024;

export const signingTrust = defineCommand({
  name: 'signing trust',
  group: 'Signatures',
  summary: 'let the SSH signatures of somebody count in this registry',
  details: [
    'The file is the public half of an SSH key, with --as whose it is; or a list in the format of ssh-keygen (ALLOWED ' +
      'SIGNERS), in which keys can be limited in time. What is new of it goes into allowed-signers.',
    'OpenPGP signatures are checked against the keyring of whoever checks.',
  ],
  arguments: { file: { placeholder: '<file>', summary: 'a public key or a list', completes: 'file' } },
  options: { as: { value: 'address', summary: 'whose the public key is' } },
  examples: [
    { line: 'cairn signing trust ~/.ssh/id_ed25519.pub --as ann@example.org', does: 'allows a key of yours' },
    { line: 'cairn signing trust team-signers', does: 'allows those in a list' },
  ],
  json: [{ list: true, shape: SIGNER_SHAPE }],
  async run(context, { arguments: { file }, options }) {
    const text = await readKeys(context, file);
    await withRegistry(context, async ({ core, registry }) => {
      const added = await core.trustSigners(registry, text, options.as);
      const told = () => {
        if (added.length === 0) return 'all of them were allowed already';
        const who = [...new Set(added.map(({ principals }) => principals))].join(', ');
        return `${formatCount(added.length, 'key')} allowed, of ${who}`;
      };
      await confirm(context, { json: added.map(signerJson), text: told });
      if (added.length > 0) await noteUncommitted(context, { core, registry }, 'allowed-signers');
    });
    return EXIT.done;
  },
});

async function readKeys(context: Context, file: string): Promise<string> {
  const path = resolve(context.workingFolder(), file);
  try {
    const bytes = await readFile(path);
    if (bytes.length <= FILE_SIZE_MAX) return bytes.toString();
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') {
      throw new CommandError('not-found', `there is no file ${file}`, { cause });
    }
    throw new CommandError(
      'failed',
      `cannot read ${file}: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  }
  throw new CommandError('refused', `${file} is too large for a list of signers`);
}
