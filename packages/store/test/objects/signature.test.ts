import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Commit, encodeCommit, parseCommit } from '../../src/objects/commit.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import {
  signatureStart,
  signedCommit,
  signedTag,
  splitCommitSignature,
  splitTagSignature,
} from '../../src/objects/signature.ts';

const PERSON = { name: 'Ann', email: 'ann@example.org', seconds: 1_767_225_600, timezone: '+0000' };
const COMMIT: Commit = {
  tree: '4b825dc642cb6eb9a060e54bf8d69288fbee4904' as ObjectId,
  parents: [],
  author: PERSON,
  committer: PERSON,
  headers: [],
  message: 'a\n\nb\n',
};
const HEADERS = `object ${COMMIT.tree}\ntype tree\ntag v1\ntagger Ann <a@b> 1 +0000\n\n`;
const BEGINNINGS = [
  '-----BEGIN PGP SIGNATURE-----',
  '-----BEGIN SSH SIGNATURE-----',
  '-----BEGIN SIGNED MESSAGE-----',
];

const line = fc.stringMatching(/^[A-Za-z0-9+/= :-]{0,70}$/);
const signature = fc
  .tuple(fc.constantFrom(...BEGINNINGS), fc.array(line, { maxLength: 6 }))
  .map(([first, lines]) => `${[first, ...lines, '-----END-----'].join('\n')}\n`);
const message = fc.string({ unit: 'binary' }).filter((text) => signatureStart(text) === text.length);

describe('the signature of a tag', () => {
  test('comes apart from what was signed as they were put together', () => {
    fc.assert(
      fc.property(message, signature, (text, signed) => {
        const payload = Buffer.from(`${HEADERS}${text}\n`);
        expect(splitTagSignature(signedTag(payload, signed))).toEqual({ payload, signature: signed });
        expect(splitTagSignature(payload)).toEqual({ payload, signature: null });
      }),
    );
  });

  test('is the last that there is, and begins a line', () => {
    const [beginning] = BEGINNINGS;
    const inner = `${HEADERS}x\n${beginning}\nfirst\n`;
    expect(splitTagSignature(Buffer.from(`${inner}${beginning}\nsecond\n`))).toEqual({
      payload: Buffer.from(inner),
      signature: `${beginning}\nsecond\n`,
    });
    expect(splitTagSignature(Buffer.from(`${HEADERS}see ${beginning}\n`)).signature).toBe(null);
    expect(signatureStart(`${beginning}\n`)).toBe(0);
  });

  test('keeps bytes that are no text as they are', () => {
    const payload = Buffer.concat([Buffer.from(HEADERS), Buffer.from([0xff, 0xfe, 0x0a])]);
    expect(splitTagSignature(signedTag(payload, `${BEGINNINGS[1]}\n`)).payload.equals(payload)).toBe(true);
  });

  test('is not looked at when it is far too long', () => {
    const long = Buffer.from(`${HEADERS}\n${BEGINNINGS[0]}\n${'x'.repeat(300_000)}`);
    expect(() => splitTagSignature(long)).toThrow(expect.objectContaining({ code: 'hostile' }));
  });
});

describe('the signature of a commit', () => {
  test('comes apart from what was signed as they were put together', () => {
    const headers = fc.constantFrom(
      [],
      [{ name: 'encoding', value: 'UTF-8' }],
      [{ name: 'x', value: 'a\nb' }],
    );
    fc.assert(
      fc.property(headers, signature, (extra, signed) => {
        const commit = { ...COMMIT, headers: extra };
        const bytes = signedCommit(commit, signed);
        expect(splitCommitSignature(bytes)).toEqual({ payload: encodeCommit(commit), signature: signed });
        expect(parseCommit(bytes).headers.at(-1)).toEqual({
          name: 'gpgsig',
          value: signed.replace(/\n$/, ''),
        });
      }),
    );
    const plain = encodeCommit(COMMIT);
    expect(splitCommitSignature(plain)).toEqual({ payload: plain, signature: null });
  });

  test('is none in the message, and damage when there are two', () => {
    const inMessage = encodeCommit({ ...COMMIT, message: 'x\ngpgsig y\n z\n' });
    expect(splitCommitSignature(inMessage).signature).toBe(null);
    const twice = encodeCommit({
      ...COMMIT,
      headers: [
        { name: 'gpgsig', value: 'a' },
        { name: 'gpgsig-sha256', value: 'b' },
      ],
    });
    expect(() => splitCommitSignature(twice)).toThrow(expect.objectContaining({ code: 'damaged' }));
  });
});
