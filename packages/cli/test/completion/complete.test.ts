import { describe, expect, test } from 'vitest';
import { formatCompletion } from '../../src/completion/answer.ts';
import { completeWords } from '../../src/completion/complete.ts';
import type { Names } from '../../src/completion/kinds.ts';

const NAMES: Names = {
  models: async () => [{ value: 'stockpred', summary: 'Predicts' }, { value: 'churn' }],
  versions: async (model) => [{ value: 'v2', summary: `of ${model}` }, { value: 'v1' }],
  aliases: async (model) => [{ value: 'prod', summary: `of ${model}` }],
  files: async (model, version) => [{ value: `${model}-${version}.json` }],
  keys: async () => [{ value: 'prod', summary: '3f9a-1c02-77de-0b41' }],
};

async function complete(
  ...words: string[]
): Promise<{ values: string[]; end: string; registry: string | undefined }> {
  let asked: string | undefined;
  const { candidates, end } = await completeWords(words, (registry) => {
    asked = registry;
    return NAMES;
  });
  return { values: candidates.map(({ value }) => value), end, registry: asked };
}

describe('what can stand at the cursor', () => {
  test('first a command', async () => {
    const { values } = await complete('');
    expect(values).toContain('verify');
    expect(values).not.toContain('__complete');
  });

  test('options of the command and the global ones, but not twice', async () => {
    const { values } = await complete('add', 'm@v', '--create', '--metric', 'a=1', '-');
    expect(values).toContain('--metric');
    expect(values).toContain('--json');
    expect(values).not.toContain('--create');
    expect((await complete('-')).values).toContain('--help');
  });

  test('models where a reference begins, and more can follow', async () => {
    expect(await complete('show', 'st')).toMatchObject({ values: ['stockpred', 'churn'], end: 'open' });
    expect(await complete('ls', '')).toMatchObject({ values: ['stockpred', 'churn'], end: 'word' });
  });

  test('versions behind an @', async () => {
    expect(await complete('rm', 'churn@')).toMatchObject({
      values: ['churn@v2', 'churn@v1', 'churn@prod', 'churn@latest'],
      end: 'word',
    });
    expect((await complete('cat', 'churn@')).end).toBe('open');
  });

  test('files behind a colon, where a path can stand', async () => {
    expect((await complete('cat', 'churn@v1:')).values).toEqual(['churn@v1:churn-v1.json']);
    expect((await complete('rm', 'churn@v1:')).values).toEqual([]);
  });

  test('a new version is for the user to name', async () => {
    expect(await complete('add', 'st')).toMatchObject({ values: ['stockpred@', 'churn@'], end: 'open' });
    expect((await complete('add', 'stockpred@')).values).toEqual([]);
  });

  test('a base is a version of the model that is being added to', async () => {
    expect((await complete('add', 'churn@v3', '--base', '')).values).toEqual(['v2', 'v1']);
    expect((await complete('add', 'churn@v3', '--base=')).values).toEqual(['--base=v2', '--base=v1']);
  });

  test('an alias is one of the model named before it', async () => {
    expect((await complete('alias', 'set', 'churn', '')).values).toEqual(['prod']);
    expect((await complete('alias', 'set', 'churn', 'prod', '')).values).toEqual(['v2', 'v1']);
    expect((await complete('history', 'churn', '--alias', '')).values).toEqual(['prod']);
  });

  test('paths are left to the shell', async () => {
    expect(await complete('add', 'm@v', './o')).toMatchObject({ values: [], end: 'files' });
    expect(await complete('add', 'm@v', 'a', 'b')).toMatchObject({ end: 'files' });
    expect(await complete('get', 'm@v', '')).toMatchObject({ end: 'folders' });
    expect(await complete('--registry', '')).toMatchObject({ end: 'folders' });
  });

  test('choices are offered as they are', async () => {
    expect((await complete('completion', '')).values).toEqual(['bash', 'zsh', 'fish']);
  });

  test('free text, and words that are too many, are left alone', async () => {
    expect((await complete('add', 'm@v', '-m', '')).values).toEqual([]);
    expect((await complete('ls', 'churn', '')).values).toEqual([]);
    expect((await complete('nonsense', '')).values).toContain('init');
  });

  test('the first word of commands of two words, then the second ones', async () => {
    const { values } = await complete('');
    expect(values).toContain('key');
    expect(values.some((value) => value.includes(' '))).toBe(false);
    expect((await complete('key', '')).values).toEqual(expect.arrayContaining(['new', 'ls', 'rotate']));
    expect((await complete('key', '')).values).not.toContain('verify');
    expect((await complete('--json', 'key', '')).values).toContain('export');
  });

  test('the arguments and options of a command of two words', async () => {
    expect((await complete('key', 'show', '')).values).toEqual(['prod']);
    expect((await complete('key', 'new', '')).values).toEqual([]);
    expect((await complete('key', 'export', 'prod', '')).end).toBe('files');
    expect((await complete('key', 'grant', '')).values).toEqual(['stockpred', 'churn']);
    expect((await complete('key', 'grant', 'churn', '--to-key', '')).values).toEqual(['prod']);
    expect((await complete('key', 'new', 'x', '--')).values).toContain('--passphrase');
  });

  test('behind -- a dash begins no option', async () => {
    expect((await complete('show', '--', '-')).values).toEqual(['stockpred', 'churn']);
  });

  test('the registry that is named on the line is the one that is asked', async () => {
    expect((await complete('--registry', 'there', 'ls', '')).registry).toBe('there');
  });
});

describe('the answer', () => {
  const completion = {
    candidates: [
      { value: 'churn@v1', summary: 'a\ttab' },
      { value: 'churn@v2' },
      { value: 'other' },
      { value: 'churn@\u001b' },
    ],
    end: 'word',
  } as const;

  test('only what begins like the word is offered, and nothing that could harm the terminal', () => {
    expect(formatCompletion(completion, { current: 'churn', breaks: '' })).toBe(
      'word\nchurn@v1\ta tab\nchurn@v2\t\n',
    );
  });

  test('a shell that breaks words gets what stands behind the break', () => {
    expect(formatCompletion(completion, { current: 'churn@', breaks: ' @:=' })).toBe(
      'word\nv1\ta tab\nv2\t\n',
    );
  });

  test('nothing is an answer too', () => {
    expect(formatCompletion(null, { current: '', breaks: '' })).toBe('word\n');
  });
});
