import { CairnError } from '../errors.ts';
import { codeDigest } from '../packages/code-digest.ts';
import { packageRole } from '../packages/layout.ts';
import type { Package } from '../packages/package.ts';
import { formatReference } from '../reference.ts';
import { isTrusted, type TrustStore, trust } from './trust.ts';

/** Hooks that would run, and that nobody on this machine has trusted. */
export interface UntrustedHooks {
  /** `model@version`. */
  readonly reference: string;
  readonly digest: string;
  /** All files of code: those under `hooks/` and `src/`. */
  readonly files: readonly string[];
}

export interface MayRunOptions {
  readonly trust: TrustStore | 'all';
  readonly askTrust?: (hooks: UntrustedHooks) => Promise<boolean>;
}

/** Throws `refused`, and names what would run, unless the hooks of a package are trusted or become so now. */
export async function checkMayRun(
  { model, version, files }: Pick<Package, 'model' | 'version' | 'files'>,
  options: MayRunOptions,
): Promise<void> {
  if (options.trust === 'all') return;
  const digest = codeDigest(files);
  if (await isTrusted(options.trust, digest)) return;
  const reference = formatReference({ model, version });
  const code = files.map(({ path }) => path).filter(isCode);
  if (await options.askTrust?.({ reference, digest, files: code }))
    return trust(options.trust, digest, reference);
  throw new CairnError(
    'refused',
    `nobody has trusted the hooks of ${reference}, which would run ${listed(code)}`,
    {
      hint: `read them with \`cairn cat ${reference}:<path>\`, and run them with --trust`,
      data: { reference, digest, files: code },
    },
  );
}

function isCode(path: string): boolean {
  const role = packageRole(path);
  return role === 'hook' || role === 'source';
}

/** Files named in one message. */
const FILES_TOLD = 6;

function listed(files: readonly string[]): string {
  if (files.length === 0) return 'what is built into Cairn';
  const more = files.length > FILES_TOLD ? ` and ${files.length - FILES_TOLD} more` : '';
  return `${files.slice(0, FILES_TOLD).join(', ')}${more}`;
}
