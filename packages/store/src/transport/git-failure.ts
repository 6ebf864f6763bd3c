import { StoreError, type StoreErrorCode } from '../errors.ts';
import { redacted, redactUrl } from './remote-url.ts';
import type { ProgramResult } from './run-program.ts';

/** Why a remote could not be reached or used. */
export type NetworkReason = 'unreachable' | 'cut' | 'unauthorised' | 'missing';

/**
 * What Git said when it failed, as an error: it names the remote, says in one sentence what is wrong, and holds Git's
 * own words in `data.said`, without secrets.
 */
export function gitFailure(
  { stderr, code }: Pick<ProgramResult, 'stderr' | 'code'>,
  { url }: { url: string },
): StoreError {
  const said = cleaned(stderr, url);
  const shown = redactUrl(url);
  const known = KNOWN.find(({ pattern }) => pattern.test(said));
  if (known === undefined) {
    return new StoreError('failed', `${shown}: ${lastWords(said) || `git ended with code ${code}`}`, {
      data: { url: shown, said },
    });
  }
  const { code: errorCode, reason, message, hint } = known;
  return new StoreError(errorCode, `${shown}: ${message}`, {
    ...(hint && { hint }),
    data: { url: shown, said, ...(reason && { reason }) },
  });
}

/** What a program wrote, without secrets and control characters: those first, as they could hide where a secret begins. */
export function cleaned(text: string, url: string): string {
  const lines = text.split('\n').map((line) => line.replace(/\p{Cc}/gu, ''));
  return redacted(lines.join('\n').replaceAll(url, redactUrl(url))).trim();
}

interface KnownFailure {
  readonly pattern: RegExp;
  readonly code: StoreErrorCode;
  readonly reason?: NetworkReason;
  readonly message: string;
  readonly hint?: string;
}

/**
 * Texts of Git 2.39 to 2.51, of OpenSSH, of curl and of hosts, in English as `LC_ALL=C` has them. The first that matches
 * counts: what names a cause comes before the broken connection that follows from it.
 */
const KNOWN: readonly KnownFailure[] = [
  {
    pattern:
      /^remote: .*No space left on device|remote unpack failed: .*(?:No space|disk)|^remote: fatal: .*No space left/im,
    code: 'no-space',
    message: 'the disk of the remote is full',
    hint: 'free some room there, then push again: what arrived stays',
  },
  {
    pattern: /No space left on device|Disk quota exceeded/i,
    code: 'no-space',
    message: 'the disk is full',
  },
  {
    pattern: /detected dubious ownership/i,
    code: 'denied',
    message: 'the repository belongs to another user, and Git does not trust it',
    hint: 'if you do, run: git config --global --add safe.directory <its path>',
  },
  {
    pattern: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i,
    code: 'network',
    reason: 'unauthorised',
    message: "the host's key is not known to SSH, or is another than it was",
    hint: 'connect once with ssh and compare the key with what the host publishes',
  },
  {
    pattern:
      /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied \(|Too many authentication failures|HTTP Basic: Access denied|returned error: 40[13]\b|invalid credentials|HTTP 40[13]\b/i,
    code: 'network',
    reason: 'unauthorised',
    message: 'the remote did not let you in',
    hint: 'check who you are there: the SSH key that is loaded, or the credential helper of Git (git help credentials)',
  },
  {
    pattern:
      /repository .*not found|not found: did you run|does not appear to be a git repository|access denied or repository not exported|returned error: 404|The project you were looking for could not be found|no such repository|'.*' does not exist/i,
    code: 'network',
    reason: 'missing',
    message: 'there is no such repository, or you may not see it',
    hint: 'check the address; make an empty repository there first if it is new',
  },
  {
    pattern: /SSL certificate problem|server certificate verification failed|certificate verify failed/i,
    code: 'network',
    reason: 'unreachable',
    message: "the host's certificate is not trusted",
    hint: 'if it is one of your own, set http.sslCAInfo in the configuration of Git',
  },
  {
    pattern:
      /Could not resolve|Temporary failure in name resolution|Name or service not known|Connection refused|Network is unreachable|No route to host|Connection timed out|Operation timed out|Failed to connect to|unable to connect to|unable to look up|Couldn't connect to server|Could not connect|returned error: 50[234]\b/i,
    code: 'network',
    reason: 'unreachable',
    message: 'the host cannot be reached',
    hint: 'check the address and the network, then try again',
  },
  {
    pattern: /transport '.*' not allowed/i,
    code: 'denied',
    message: 'the configuration of Git does not allow this kind of address (protocol.allow)',
  },
  {
    pattern:
      /Server does not allow request for unadvertised object|filtering not recognized.*\n.*not our ref/i,
    code: 'unsupported',
    message: 'the server does not give objects by their ids',
    hint: 'bring everything with --full, or set uploadpack.allowAnySHA1InWant on the server',
  },
  {
    pattern:
      /^(?:remote: )?(?:error|fatal): (?:fsck error|object [0-9a-f]{40}: .*)|fsck error in pack(?:ed)? object|^fatal: pack has bad object/im,
    code: 'hostile',
    message: 'what the remote sent is not what Git objects may be',
    hint: 'do not trust where this repository came from',
  },
  {
    pattern:
      /early EOF|hung up unexpectedly|unexpected disconnect|RPC failed|Connection (?:was )?reset|Connection closed|Connection to .* closed|Broken pipe|transfer closed|invalid index-pack output|index-pack failed|bad pack header|premature end|Recv failure|Empty reply from server|unexpected flush|expected .* packet|unable to write request|failed to read/i,
    code: 'network',
    reason: 'cut',
    message: 'the connection broke',
    hint: 'try again: what arrived in whole batches stays',
  },
];

/** Git's last complaint, without the word before it. */
function lastWords(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const complaint = lines.findLast((line) => /^(?:fatal|error): /.test(line)) ?? lines.at(-1) ?? '';
  return complaint.replace(/^(?:fatal|error): /, '').slice(0, WORDS_LENGTH_MAX);
}

/** Characters: a line or three of a terminal. */
const WORDS_LENGTH_MAX = 300;
