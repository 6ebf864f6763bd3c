import { resolve } from 'node:path';
import { CairnError } from '../errors.ts';
import { homePath } from './home-path.ts';
import { complaint, runTool, type SigningTools } from './run.ts';
import type { Signer } from './signing.ts';
import { withTemporaryFile } from './temporary-file.ts';

/** What signatures of Git are made for (`ssh-keygen -n`): one over something else is none over a tag. */
export const SSH_NAMESPACE = 'git';

/** Signs with an SSH key as Git does (`sign_buffer_ssh` in its `gpg-interface.c`). Throws `refused` without a key. */
export async function sshSigner(tools: SigningTools): Promise<Signer> {
  const key = tools.settings.key ?? (await defaultKey(tools));
  const literal = literalKey(key);
  const sign = (payload: Buffer, words: readonly string[]) => signWith(tools, payload, words);
  if (literal === null) {
    const file = resolve(tools.folder, homePath(key, tools.settings.homeFolder));
    return { sign: (payload) => sign(payload, ['-f', file]) };
  }
  return {
    // The secret key is in an agent, and the public one says which.
    sign: (payload) => withTemporaryFile(`${literal}\n`, (file) => sign(payload, ['-f', file, '-U'])),
  };
}

async function signWith(tools: SigningTools, payload: Buffer, words: readonly string[]): Promise<string> {
  const { sshProgram } = tools.settings;
  const run = await runTool(tools, {
    program: homePath(sshProgram, tools.settings.homeFolder),
    arguments: ['-Y', 'sign', '-n', SSH_NAMESPACE, ...words],
    input: payload,
  });
  const signature = run.stdout.toString().replaceAll('\r\n', '\n');
  if (run.code === 0 && signature.startsWith('-----BEGIN SSH SIGNATURE-----')) return signature;
  throw new CairnError('refused', `nothing was signed: ${sshProgram}: ${complaint(run)}`, {
    hint: 'check user.signingKey in your Git configuration, and that its key is there or in your SSH agent',
  });
}

/** A public key that stands in the configuration itself, as Git knows it; `null` for a path. */
function literalKey(text: string): string | null {
  if (text.startsWith('key::')) return text.slice('key::'.length).trim();
  return text.startsWith('ssh-') ? text.trim() : null;
}

/** What `gpg.ssh.defaultKeyCommand` prints first, such as `ssh-add -L`. */
async function defaultKey(tools: SigningTools): Promise<string> {
  const { sshKeyCommand, homeFolder } = tools.settings;
  const [program, ...words] = sshKeyCommand === null ? [] : wordsOf(sshKeyCommand);
  if (program === undefined) throw withoutKey('user.signingKey is not set');
  const run = await runTool(tools, { program: homePath(program, homeFolder), arguments: words });
  const key = run.stdout.toString().split('\n', 1)[0]!.trim();
  if (run.code === 0 && literalKey(key) !== null) return key;
  throw withoutKey(`${program} gives no key: ${run.code === 0 ? 'it lists none' : complaint(run)}`);
}

function withoutKey(problem: string): CairnError {
  return new CairnError('refused', `nothing was signed, as there is no key to sign with: ${problem}`, {
    hint: 'git config --global user.signingKey ~/.ssh/id_ed25519.pub',
  });
}

/** The words of a command line, with quotes as a shell has them; nothing in it is expanded. */
function wordsOf(command: string): string[] {
  const words = command.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs);
  return [...words].map(([word]) =>
    word.replace(
      /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gs,
      (_, double?: string, single?: string, escaped?: string) =>
        double !== undefined ? double.replace(/\\(["\\$`])/g, '$1') : (single ?? escaped ?? ''),
    ),
  );
}
