import { homePath } from './home-path.ts';
import { complaint, runTool, type SigningTools } from './run.ts';
import { TRUST_LEVELS, type TrustLevel } from './settings.ts';
import type { Signed } from './ssh-check.ts';
import { withTemporaryFile } from './temporary-file.ts';
import { notGood, type SignatureCheck } from './verdict.ts';

/** Checks an OpenPGP signature against the user's keyring, as Git does (`verify_gpg_signed_buffer`). */
export async function checkGpgSignature(tools: SigningTools, signed: Signed): Promise<SignatureCheck> {
  const { gpgProgram, homeFolder, minTrust } = tools.settings;
  return withTemporaryFile(signed.signature, async (file) => {
    const run = await runTool(tools, {
      program: homePath(gpgProgram, homeFolder),
      arguments: ['--keyid-format=long', '--status-fd=1', '--verify', file, '-'],
      input: signed.payload,
    });
    return verdictOf(run.stdout.toString(), { minTrust, complaint: complaint(run), code: run.code });
  });
}

/** Status lines of which exactly one stands for a signature (GnuPG's `doc/DETAILS`). */
const OUTCOMES = /^\[GNUPG:\] (GOODSIG|BADSIG|ERRSIG|EXPSIG|EXPKEYSIG|REVKEYSIG) (\S+) ?(.*)$/gm;

interface Run {
  readonly minTrust: TrustLevel;
  readonly complaint: string;
  readonly code: number;
}

function verdictOf(status: string, { minTrust, complaint, code }: Run): SignatureCheck {
  const [outcome, another] = [...status.matchAll(OUTCOMES)];
  if (outcome === undefined || another !== undefined) {
    return notGood('bad', another ? 'it has more than one signature' : complaint);
  }
  const [, kind, keyId = '', signer = ''] = outcome;
  const key = /^\[GNUPG:\] VALIDSIG ([0-9A-F]+)/m.exec(status)?.[1] ?? keyId;
  switch (kind) {
    case 'BADSIG':
      return notGood('bad', `it is not what ${signer} has signed`, key);
    case 'ERRSIG':
      return notGood('unknown', `its key ${key} is not in your keyring, or cannot be used`, key);
    case 'EXPSIG':
      return notGood('unknown', `the signature of ${signer} has expired`, key);
    case 'EXPKEYSIG':
      return notGood('unknown', `the key of ${signer} has expired`, key);
    case 'REVKEYSIG':
      return notGood('unknown', `the key of ${signer} was revoked`, key);
    default:
      if (code !== 0) return notGood('bad', complaint, key);
      return isTrusted(status, minTrust)
        ? { state: 'good', signer, key, problem: null }
        : notGood('unknown', `the key of ${signer} is not trusted in your keyring`, key);
  }
}

/** A key that is never to be trusted does not count, whatever the configuration asks for. */
function isTrusted(status: string, minTrust: TrustLevel): boolean {
  const told = /^\[GNUPG:\] TRUST_([A-Z]+)/m.exec(status)?.[1]?.toLowerCase();
  const level = TRUST_LEVELS.find((each) => each === told) ?? 'undefined';
  return level !== 'never' && TRUST_LEVELS.indexOf(level) >= TRUST_LEVELS.indexOf(minTrust);
}
