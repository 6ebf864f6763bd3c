import { describe, expect, test } from 'vitest';
import { CommandError, usageError } from '../src/errors.ts';
import { describeFailure } from '../src/failure.ts';
import { formatFailure } from '../src/output/failure.ts';
import { coreError } from './support/fake-world.ts';

describe('exit codes', () => {
  test.each([
    ['invalid', 2],
    ['not-found', 3],
    ['exists', 4],
    ['damaged', 4],
    ['hostile', 4],
    ['locked', 4],
    ['conflict', 4],
    ['changed', 4],
    ['unsupported', 4],
    ['refused', 4],
    ['wrong-key', 4],
    ['no-space', 1],
    ['read-only', 1],
    ['denied', 1],
    ['failed', 1],
    ['cancelled', 130],
    ['a code of the future', 1],
  ])('%s of the library ends with %d', (code, exitCode) => {
    expect(describeFailure(coreError(code, 'text'), false)).toMatchObject({
      code,
      exitCode,
      message: 'text',
    });
  });

  test('a command line that is not understood ends with 2', () => {
    expect(describeFailure(usageError('text', 'hint'), false)).toEqual({
      code: 'usage',
      message: 'text',
      hint: 'hint',
      exitCode: 2,
    });
  });

  test('after an interruption nothing else matters', () => {
    expect(describeFailure(new Error('secondary'), true)).toMatchObject({ code: 'cancelled', exitCode: 130 });
  });

  test('an error that nobody expected is a bug, whatever its own code says', () => {
    const error = Object.assign(new Error('no such file'), { code: 'ENOENT' });
    expect(describeFailure(error, false)).toMatchObject({ code: 'bug', exitCode: 1 });
    expect(describeFailure('thrown text', false).message).toContain('thrown text');
  });
});

describe('how an error looks', () => {
  const failure = describeFailure(
    new CommandError('refused', 'bad \u001b[2J name', { hint: 'do this' }),
    false,
  );

  test('a message and a hint, cleaned', () => {
    expect(formatFailure(failure, { json: false, colour: false })).toBe(
      'cairn: bad �[2J name\n  hint: do this\n',
    );
  });

  test('one line of JSON', () => {
    const text = formatFailure(failure, { json: true, colour: true });
    expect(text.indexOf('\n')).toBe(text.length - 1);
    expect(JSON.parse(text)).toEqual({
      error: { code: 'refused', message: 'bad \u001b[2J name', hint: 'do this' },
    });
  });
});
