import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';

const SOURCE = readFileSync(new URL('../bin/cairn.js', import.meta.url), 'utf8').replace(/^#!.*/, '');

/** Runs the file as if by a Node of that version. */
function startWith(version: string): { printed: string; exitCode: number | null; loaded: string[] } {
  const printed: string[] = [];
  const loaded: string[] = [];
  const ended: number[] = [];
  runInNewContext(SOURCE, {
    process: {
      versions: { node: version },
      stderr: { write: (text: string) => printed.push(text) },
      exit: (code: number) => ended.push(code),
    },
    require(name: string) {
      loaded.push(name);
      return { enableCompileCache() {}, main() {} };
    },
  });
  return { printed: printed.join(''), exitCode: ended[0] ?? null, loaded };
}

describe('starting', () => {
  test.each([
    '0.10.48',
    '8.17.0',
    '18.20.0',
    '20.20.2',
    '22.14.9',
  ])('Node %s is told what is needed', (version) => {
    expect(startWith(version)).toEqual({
      printed: `cairn: needs Node 22.15 or newer, and this is Node ${version}\n`,
      exitCode: 2,
      loaded: [],
    });
  });

  test.each(['22.15.0', '22.23.2', '23.0.0', '30.1.0'])('Node %s starts the program', (version) => {
    expect(startWith(version)).toEqual({
      printed: '',
      exitCode: null,
      loaded: ['node:module', '../dist/main.js'],
    });
  });

  test('the file has no syntax that an old Node could not read', () => {
    const code = SOURCE.replace(/\/\/.*/g, '');
    expect(code).not.toMatch(/=>|`|\b(?:let|const|class|import|async|await)\b|\?\.|\?\?|\.\.\.|,\s*\)/);
  });

  test('the file is read as CommonJS, which every Node can', () => {
    const about = readFileSync(new URL('../bin/package.json', import.meta.url), 'utf8');
    expect(JSON.parse(about)).toEqual({ type: 'commonjs' });
  });
});
