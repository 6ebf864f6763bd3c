import { describe, expect, test } from 'vitest';
import { examineGit, judgeGit } from '../../src/doctor/git.ts';

const signal = new AbortController().signal;

describe('Git', () => {
  test.each([
    ['git version 2.39.5\n', 'ok'],
    ['git version 2.39.5 (Apple Git-154)\n', 'ok'],
    ['git version 2.47.0.windows.1\n', 'ok'],
    ['git version 3.0.0\n', 'ok'],
    ['git version 2.28.9\n', 'warning'],
    ['git version 1.99.0\n', 'warning'],
    ['something else', 'warning'],
  ])('%j is judged %s', (output, level) => {
    expect(judgeGit(output).level).toBe(level);
  });

  test('the Git of this machine is found and asked', async () => {
    expect(await examineGit(process.env, signal)).toMatchObject({
      subject: 'git',
      message: expect.stringMatching(/^version \d/),
    });
  });

  test('a machine without Git is told what it misses', async () => {
    expect(await examineGit({ PATH: '/nowhere' }, signal)).toMatchObject({
      level: 'warning',
      message: 'not found; a registry works without it, and sharing one does not',
    });
  });
});
