import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkReason,
  encodeMainMessage,
  MAIN_ACTIONS,
  type MainMessage,
  parseMainMessage,
} from '../src/models/main-message.ts';
import { expectFailure } from './registry-fixture.ts';

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,10}$/);
const reason = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a\n\nb', 'x\n\nCairn-Action: alias-rollback\nCairn-To: v9'),
  )
  .filter((text) => !text.includes('\0'))
  .map(checkReason);

describe('the message of a commit of main', () => {
  test('is read as it was written, whatever the reason looks like', () => {
    const facts = fc.record({ alias: name, version: name, from: name, to: name }, { requiredKeys: [] });
    const message: fc.Arbitrary<MainMessage> = fc.record({
      subject: name,
      reason,
      action: fc.constantFrom(...MAIN_ACTIONS),
      facts,
    });
    fc.assert(
      fc.property(message, (written) => {
        expect(parseMainMessage(encodeMainMessage(written))).toEqual(written);
      }),
    );
  });

  test('of plain Git is a subject, and the rest is why', () => {
    expect(parseMainMessage('promote\n\nfaster\nby far\n\nSigned-off-by: Bo\n')).toEqual({
      subject: 'promote',
      reason: 'faster\nby far\n\nSigned-off-by: Bo',
      action: null,
      facts: {},
    });
    expect(parseMainMessage('')).toEqual({ subject: '', reason: null, action: null, facts: {} });
    expect(parseMainMessage('Cairn-Action: alias-rm\nCairn-Alias: prod')).toMatchObject({ action: null });
    expect(parseMainMessage('x\n\nCairn-Action: reformat-disk\nCairn-Alias: prod')).toMatchObject({
      action: null,
    });
  });

  test('may not grow without end', async () => {
    const check = async () => checkReason('x'.repeat(10_001));
    await expectFailure(check(), { code: 'invalid', names: ['10000', '10001'] });
    expect(checkReason(undefined)).toBe(null);
    expect(checkReason(' \r\n ')).toBe(null);
    expect(checkReason(' a\r\nb ')).toBe('a\nb');
  });
});
