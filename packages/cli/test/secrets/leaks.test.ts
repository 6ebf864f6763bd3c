import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

/** Whatever is wrong with a secret, nothing of it comes back in an answer, an error, or the stack of one. */

let workshop: Workshop;
let keyText = '';

const PASSPHRASE = 'rosebud-in-the-snow';

beforeAll(async () => {
  workshop = await openWorkshop();
  await workshop.run(['key', 'new', 'prod']);
  keyText = readFileSync(join(workshop.path, 'config/keys/prod.key'), 'utf8').trim();
});

afterAll(() => workshop[Symbol.dispose]());

async function everythingToldBy(words: readonly string[], secrets: readonly string[] = []): Promise<string> {
  const variables = { CAIRN_DEBUG: '1', CAIRN_PASSPHRASE: `${PASSPHRASE}-variable` };
  const { out, err, statuses } = await workshop.run(words, { variables, secrets });
  return [out, err, ...statuses].join('\n');
}

/** No run of letters of the secret as long as this is anybody's chance. */
const RUN_LENGTH = 8;

function expectNothingOf(secret: string, told: string): void {
  const runs = Array.from({ length: secret.length - RUN_LENGTH + 1 }, (_, at) =>
    secret.slice(at, at + RUN_LENGTH),
  );
  expect(runs.filter((run) => told.includes(run))).toEqual([]);
}

/** A text with some of it changed, left out, doubled or put elsewhere. */
function changed(text: string): fc.Arbitrary<string> {
  const at = fc.nat(text.length - 1);
  return fc.oneof(
    fc
      .tuple(at, fc.string({ minLength: 0, maxLength: 3 }))
      .map(([i, put]) => text.slice(0, i) + put + text.slice(i + 1)),
    at.map((i) => text.slice(0, i)),
    at.map((i) => text.slice(i)),
    at.map((i) => text.slice(i) + text.slice(0, i)),
    fc.constantFrom(
      `${text}\n${text}`,
      ` ${text}`,
      text.toLowerCase(),
      `${text}\0`,
      `\ufeff${text}`,
      `"${text}"`,
    ),
  );
}

test('a key file that is damaged is told of without its letters, wherever a key file is read', async () => {
  const file = join(workshop.path, 'changed.key');
  const prefix = 'CAIRN-SECRET-KEY-1-';
  await fc.assert(
    fc.asyncProperty(changed(keyText), async (text) => {
      fc.pre(text.trim() !== keyText);
      writeFileSync(file, text, { mode: 0o600 });
      writeFileSync(join(workshop.path, 'config/keys/damaged.key'), text, { mode: 0o600 });
      const told = [
        await everythingToldBy(['key', 'import', file]),
        await everythingToldBy(['key', 'show', 'damaged']),
        await everythingToldBy(['key', 'ls']),
        await everythingToldBy(['get', 'stockpred@v1', '../never', '--key-file', file]),
        await everythingToldBy(['key', 'grant', 'stockpred', '--to-key', 'damaged', '--json']),
      ].join('\n');
      expectNothingOf(keyText.slice(prefix.length), told);
      expectNothingOf(keyText.slice(prefix.length).toLowerCase(), told);
      rmSync(join(workshop.path, 'never'), { recursive: true, force: true });
    }),
    { numRuns: 40 },
  );
  rmSync(join(workshop.path, 'config/keys/damaged.key'));
});

test('a secret in the place of something else is not repeated', async () => {
  for (const words of [
    ['key', 'new', keyText],
    ['key', 'show', keyText],
    ['key', 'export', keyText, 'file'],
    ['key', 'import', join(workshop.path, 'config/keys/prod.key'), keyText],
    ['key', 'rm', keyText, '--yes'],
    ['key', 'new', 'x', '--passphrase', keyText],
    ['key', 'new', 'x', `--passphrase=${keyText}`],
    ['key', 'grant', 'stockpred', `--to-passphrase=${keyText}`],
    ['key', 'new', 'x', '--passphrase-fd', keyText],
    ['get', 'stockpred@v1', '../never', '--key', keyText],
  ]) {
    expectNothingOf(keyText.slice(19), await everythingToldBy(words));
  }
});

test('a passphrase that does not open, or is none, is not repeated', async () => {
  mkdirSync(join(workshop.path, 'secrets'));
  const file = join(workshop.path, 'secrets/passphrase');
  for (const text of [PASSPHRASE, `\n${PASSPHRASE}`, PASSPHRASE.repeat(100), `${PASSPHRASE}\udc00\0`]) {
    writeFileSync(file, text);
    for (const words of [
      ['key', 'grant', 'stockpred', '--to-key', 'prod', '--passphrase-file', file],
      ['key', 'revoke', 'stockpred', '--from-passphrase-file', file],
      ['key', 'rotate', 'nothing', '--passphrase-file', file],
      ['key', 'new', 'prod', '--passphrase-file', file],
    ]) {
      expectNothingOf(PASSPHRASE, await everythingToldBy(words));
    }
  }
  expectNothingOf(
    PASSPHRASE,
    await everythingToldBy(['key', 'revoke', 'stockpred', '--from-passphrase'], [PASSPHRASE]),
  );
  expectNothingOf(
    PASSPHRASE,
    await everythingToldBy(['key', 'new', 'prod', '--passphrase'], [PASSPHRASE, 'other']),
  );
});
