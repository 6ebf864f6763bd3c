import { recordedStore, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { cairn } from './support/cairn.ts';

test('the built program reads a database, and says nothing of what its SQLite may become', () => {
  using folder = temporaryFolder();
  const words = ['source', 'ls', 'mlflow', '--uri', recordedStore('mlflow-3-sqlite'), '--json'];
  const { code, out, err } = cairn(words, { cwd: folder.path });
  expect({ code, err, runs: JSON.parse(out).length }).toEqual({ code: 0, err: '', runs: 5 });
});
