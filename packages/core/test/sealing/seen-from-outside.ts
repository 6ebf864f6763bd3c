import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '@cairn/testkit';

/** Something that whoever can read the disk can see. */
export interface Seen {
  readonly what: string;
  readonly bytes: Buffer;
}

/** The name and the bytes of every file below a folder. */
export function filesSeen(folder: string): Seen[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap(({ name, parentPath, isFile }, index) => {
    const what = join(parentPath, name);
    const named = { what: `the name of ${what}`, bytes: Buffer.from(name) };
    return isFile.call(entries[index]) ? [named, { what, bytes: readFileSync(what) }] : [named];
  });
}

/** Every object of a repository, reachable or not, inflated. */
export function objectsSeen(gitDir: string): Seen[] {
  const all = git(gitDir, ['cat-file', '--batch', '--batch-all-objects', '--unordered']);
  const seen: Seen[] = [];
  for (let at = 0; at < all.length; ) {
    const end = all.indexOf('\n', at);
    const [id, kind, size] = all.toString('latin1', at, end).split(' ');
    const bytes = all.subarray(end + 1, end + 1 + Number(size));
    seen.push({ what: `${kind} ${id}`, bytes });
    at = end + 1 + Number(size) + 1;
  }
  return seen;
}

/** Where one of the secrets stands, as it is or as hex or base64. */
export function found(
  seen: readonly Seen[],
  secrets: Readonly<Record<string, Uint8Array | string>>,
): string[] {
  const forms = Object.entries(secrets).flatMap(([name, secret]) => formsOf(name, Buffer.from(secret)));
  return seen.flatMap(({ what, bytes }) =>
    forms.filter(({ form }) => bytes.includes(form)).map(({ name }) => `${name} in ${what}`),
  );
}

function formsOf(name: string, secret: Buffer): { name: string; form: Buffer }[] {
  const hex = secret.toString('hex');
  // Base64 of a text depends on where it begins: what is left of each beginning without its ends is looked for.
  const encoded = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), secret])
      .toString('base64url')
      .slice(4, -4),
  );
  return [
    { name, form: secret },
    { name: `${name} as hex`, form: Buffer.from(hex) },
    { name: `${name} as hex`, form: Buffer.from(hex.toUpperCase()) },
    ...encoded
      .filter((text) => text.length >= 8)
      .map((text) => ({ name: `${name} as base64`, form: Buffer.from(text) })),
  ];
}
