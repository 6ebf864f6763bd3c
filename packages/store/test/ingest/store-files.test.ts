import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { fsckStrict, git, gitText, safetensorsFile } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { identityOf } from '../../src/ingest/source-file.ts';
import { EACH_WAY, ingestFixture, MIB, noise, store } from './fixture.ts';

describe.each(EACH_WAY)('storing files %s', (_, options) => {
  test('makes of each what Git makes of it: a blob, or a tree of blobs', async () => {
    using fixture = ingestFixture();
    const { repository, gitDir, source } = fixture;
    const contents = [
      noise(0),
      noise(1),
      Buffer.from('text\n'.repeat(1000)),
      noise(MIB),
      noise(MIB + 1),
      noise(6 * MIB),
    ];
    const files = contents.map((bytes, index) => source(`${index}`, bytes, index % 2 ? 0o755 : 0o600));
    const { stored } = await store(repository, files, options);
    for (const [index, bytes] of contents.entries()) {
      const { size, sha256, executable, content, identity } = stored[index]!;
      const expected = createHash('sha256').update(bytes).digest('hex');
      expect({ size, sha256, executable }).toEqual({
        size: bytes.length,
        sha256: expected,
        executable: index % 2 === 1,
      });
      expect(identity).toEqual(identityOf(statSync(files[index]!.from, { bigint: true })));
      expect(content.kind).toBe(bytes.length > MIB ? 'parts' : 'blob');
      if (content.kind === 'blob') {
        expect(git(gitDir, ['hash-object', '--stdin'], bytes).toString().trim()).toBe(content.id);
        expect(git(gitDir, ['cat-file', 'blob', content.id]).equals(bytes)).toBe(true);
      } else {
        const ids = gitText(gitDir, 'ls-tree', '--format=%(objectname)', content.tree).split('\n');
        expect(ids).toHaveLength(content.count);
        expect(Buffer.concat(ids.map((id) => git(gitDir, ['cat-file', 'blob', id]))).equals(bytes)).toBe(
          true,
        );
      }
    }
    fsckStrict(gitDir);
  });

  test('stores what is equal once, within a transaction and after it', async () => {
    using fixture = ingestFixture();
    const { repository, source } = fixture;
    const bytes = noise(9 * MIB);
    const files = [
      source('a', bytes),
      source('b', bytes),
      source('c', noise(3000)),
      source('d', noise(3000)),
    ];
    const first = await store(repository, files, options);
    expect(first).toMatchObject({ written: 9 * MIB + 3000, reused: 9 * MIB + 3000 });
    const again = await store(repository, files, options);
    expect(again).toMatchObject({ written: 0, reused: 18 * MIB + 6000 });
    expect(again.stored).toEqual(first.stored);
  });

  test('says how far it has come, and in the end all of it', async () => {
    using fixture = ingestFixture();
    const { repository, source } = fixture;
    const files = [source('a', noise(20 * MIB)), source('b', noise(5)), source('c', noise(9 * MIB, 'c'))];
    const told: { bytes: number; files: number }[] = [];
    await store(repository, files, { ...options, onProgress: (done) => told.push(done) });
    expect(told.length).toBeGreaterThan(2);
    expect(told.map(({ bytes }) => bytes)).toEqual(told.map(({ bytes }) => bytes).sort((a, b) => a - b));
    expect(told.at(-1)).toEqual({ bytes: 29 * MIB + 5, files: 3 });
  });

  test('finds the tensors of weights', async () => {
    using fixture = ingestFixture();
    const { repository, gitDir, source } = fixture;
    const { bytes } = safetensorsFile([
      { name: 'first', dtype: 'F16', shape: [300, 1024] },
      { name: 'second', dtype: 'F16', shape: [400, 1024] },
    ]);
    const { stored } = await store(repository, [source('m.bin', bytes)], options);
    const content = stored[0]!.content as { tree: string };
    const names = gitText(gitDir, 'ls-tree', '--name-only', content.tree).split('\n');
    expect(names.map((name) => name.slice(13))).toEqual(['', 'first', 'second']);
  });
});

test('thousands of tiny files go through threads by their number alone', async () => {
  using fixture = ingestFixture();
  const { repository, gitDir, source } = fixture;
  const few = Array.from({ length: 50 }, (_, index) =>
    source(`${index % 7}/${index}`, `file number ${index}\n`),
  );
  const files = Array.from({ length: 4200 }, (_, index) => few[index % 50]!);
  const { stored, written, reused } = await store(repository, files, { bytesExpected: 0 });
  const size = few.reduce((sum, { from }) => sum + statSync(from).size, 0);
  expect({ written, reused }).toEqual({ written: size, reused: 83 * size });
  const ids = stored.map(({ content }) => (content.kind === 'blob' ? content.id : ''));
  const expected = git(
    gitDir,
    ['hash-object', '--stdin-paths'],
    files.map(({ from }) => `${from}\n`).join(''),
  );
  expect(ids).toEqual(expected.toString().trim().split('\n'));
});
