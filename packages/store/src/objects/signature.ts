import { StoreError } from '../errors.ts';
import { type Commit, encodeCommit } from './commit.ts';

/** The bytes of an object that were signed, and the signature: armoured text, or `null` where there is none. */
export interface SignedBytes {
  readonly payload: Buffer;
  readonly signature: string | null;
}

/** The header of a commit that holds its signature (Git's `commit.c`, `gpg_sig_headers`). */
const SIGNATURE_HEADER = 'gpgsig';

/** How the first line of a signature begins (Git's `gpg-interface.c`, `sigs`): OpenPGP, OpenPGP in clear, X.509, SSH. */
const SIGNATURE_BEGINNINGS = [
  '-----BEGIN PGP SIGNATURE-----',
  '-----BEGIN PGP MESSAGE-----',
  '-----BEGIN SIGNED MESSAGE-----',
  '-----BEGIN SSH SIGNATURE-----',
];

/** Longest signature that is looked at, bytes: one with an RSA key of 16,384 bits has 6 KiB, with room for certificates. */
const SIGNATURE_SIZE_MAX = 256 * 1024;

/**
 * Where the signature begins in the text of a tag, as Git finds it (`parse_signed_buffer`): at the last line that looks
 * like the first of one. The length of the text where there is none.
 */
export function signatureStart(text: string): number {
  const starts = SIGNATURE_BEGINNINGS.map((beginning) => {
    const within = text.lastIndexOf(`\n${beginning}`);
    if (within >= 0) return within + 1;
    return text.startsWith(beginning) ? 0 : -1;
  });
  const last = Math.max(...starts);
  return last < 0 ? text.length : last;
}

/** Takes the content of a tag object apart into what was signed and the signature. */
export function splitTagSignature(bytes: Buffer): SignedBytes {
  // One byte a character, so that places in the text are places in the bytes.
  const start = signatureStart(bytes.toString('latin1'));
  if (start === bytes.length) return { payload: bytes, signature: null };
  return { payload: bytes.subarray(0, start), signature: checkedSize(bytes.subarray(start)).toString() };
}

/**
 * Takes the content of a commit object apart: what was signed is the commit without the header that holds the
 * signature. Throws `damaged` for a commit that says it is signed more than once.
 */
export function splitCommitSignature(bytes: Buffer): SignedBytes {
  const end = bytes.indexOf('\n\n');
  const headers = bytes.subarray(0, end < 0 ? bytes.length : end + 1).toString('latin1');
  const found = [...headers.matchAll(/^gpgsig[^\n]*\n(?: [^\n]*\n)*/gm)];
  const [first, second] = found;
  if (first === undefined) return { payload: bytes, signature: null };
  if (second !== undefined)
    throw new StoreError('damaged', 'malformed commit: it has more than one signature');
  if (!first[0].startsWith(`${SIGNATURE_HEADER} `)) return { payload: bytes, signature: null };
  const after = first.index + first[0].length;
  const value = checkedSize(bytes.subarray(first.index, after)).toString();
  return {
    payload: Buffer.concat([bytes.subarray(0, first.index), bytes.subarray(after)]),
    signature: value.slice(SIGNATURE_HEADER.length + 1).replaceAll('\n ', '\n'),
  };
}

/** The content of a tag object with its signature. */
export function signedTag(payload: Buffer, signature: string): Buffer {
  return Buffer.concat([payload, Buffer.from(signature)]);
}

/** The content of a commit object with its signature, which ends in one line break. */
export function signedCommit(commit: Commit, signature: string): Buffer {
  const header = { name: SIGNATURE_HEADER, value: signature.replace(/\n$/, '') };
  return encodeCommit({ ...commit, headers: [...commit.headers, header] });
}

function checkedSize(bytes: Buffer): Buffer {
  if (bytes.length <= SIGNATURE_SIZE_MAX) return bytes;
  throw new StoreError(
    'hostile',
    `a signature has ${bytes.length} bytes; at most ${SIGNATURE_SIZE_MAX} are looked at`,
  );
}
