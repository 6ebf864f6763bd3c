import { CairnError } from '../errors.ts';
import { homePath } from './home-path.ts';
import { complaint, runTool, type SigningTools } from './run.ts';
import type { Signer } from './signing.ts';

/** Signs with an OpenPGP key as Git does (`sign_buffer_gpg` in its `gpg-interface.c`): the agent asks for passphrases. */
export function gpgSigner(tools: SigningTools): Signer {
  const { key, gpgProgram, homeFolder } = tools.settings;
  return {
    async sign(payload) {
      const { name, email } = tools.environment.identity;
      const run = await runTool(tools, {
        program: homePath(gpgProgram, homeFolder),
        arguments: ['--status-fd=2', '-bsau', key ?? `${name} <${email}>`],
        input: payload,
      });
      const isDone = run.code === 0 && /^\[GNUPG:\] SIG_CREATED /m.test(run.stderr);
      if (isDone) return run.stdout.toString().replaceAll('\r\n', '\n');
      throw new CairnError('refused', `nothing was signed: ${gpgProgram}: ${complaint(run)}`, {
        hint: 'check user.signingKey in your Git configuration, and `gpg --list-secret-keys`',
      });
    },
  };
}
