import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, gitText, pseudoRandomBytes } from '@cairn/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createModel,
  createVersion,
  dropFetched,
  editModel,
  fetchFiles,
  listVersions,
  openRegistry,
  planDropFetched,
  showModel,
  showVersion,
  verifyVersion,
} from '../../src/index.ts';
import { bytesOf } from '../oracle/disk.ts';
import { history, storeHistory } from '../oracle/history.ts';
import { expectTakenOut } from '../oracle/read-back.ts';
import { type LazyFixture, lazyFixture } from './lazy-fixture.ts';

const versions = history();
let fixture: LazyFixture;

beforeAll(async () => {
  fixture = await lazyFixture((origin) => storeHistory(origin, 'm', versions));
});

afterAll(() => fixture[Symbol.dispose]());

beforeEach(async () => {
  rmSync(fixture.lazy.gitDir('m'), { recursive: true, force: true });
  fixture.clone('m');
});

/** Drops, and checks that it frees what was planned to the byte and leaves a sound repository. */
async function dropExactly() {
  const { registry, lazy } = fixture;
  const planned = await planDropFetched(registry);
  const before = bytesOf(lazy.gitDir('m'));
  const dropped = await dropFetched(registry);
  expect(dropped).toEqual(planned);
  expect(before - bytesOf(lazy.gitDir('m'))).toBe(dropped.freed);
  fsckStrict(lazy.gitDir('m'));
  return dropped;
}

describe('dropping what was fetched', () => {
  test('leaves the clone as it was made, and everything can be fetched again', async () => {
    const { registry } = fixture;
    const asCloned = fixture.present('m');
    for (const { name } of versions) await fetchFiles(registry, `m@${name}`);
    const { freed } = await dropExactly();
    expect(freed).toBeGreaterThan(5_000_000);
    expect(fixture.present('m')).toEqual(asCloned);
    expect(await listVersions(registry, 'm')).toHaveLength(3);
    await expectTakenOut(registry, 'm@v1', versions[0]!);
    expect((await dropExactly()).freed).toBeGreaterThan(0);
    expect((await dropExactly()).freed).toBe(0);
  });

  test('keeps what the remote has under another tag, or not at all', async () => {
    const { registry, lazy, origin } = fixture;
    for (const { name } of versions) await fetchFiles(registry, `m@${name}`);
    const tag = gitText(origin.gitDir('m'), 'rev-parse', 'refs/tags/3.0+other');
    gitText(origin.gitDir('m'), 'update-ref', '-d', 'refs/tags/3.0+other');
    gitText(origin.gitDir('m'), 'update-ref', 'refs/tags/v1-again', 'refs/tags/v1');
    try {
      expect((await dropExactly()).freed).toBeGreaterThan(0);
      const bytesHere = async (version: string) => {
        const { files } = await showVersion(registry, `m@${version}`, { presence: true });
        return files.reduce((sum, { present = 0 }) => sum + present, 0);
      };
      expect(await bytesHere('3.0+other')).toBe((await showVersion(registry, 'm@3.0+other')).size);
      expect(await bytesHere('v1')).toBeLessThan((await showVersion(registry, 'm@v1')).size);
      expect(await verifyVersion(lazy.registry, 'm@3.0+other')).toMatchObject({ ok: true });
    } finally {
      gitText(origin.gitDir('m'), 'update-ref', 'refs/tags/3.0+other', tag);
    }
  });

  test('keeps what was added here, with all that it needs', async () => {
    const { registry, lazy } = fixture;
    await fetchFiles(registry, 'm@v1');
    const folder = join(lazy.work, 'own');
    mkdirSync(folder);
    const source = lazy.write({
      'own/weights.safetensors': versions[0]!.files['weights.safetensors']!.bytes,
    });
    await createVersion(registry, { model: 'm', version: 'own' }, { sources: [{ path: source }] });
    await dropExactly();
    expect(await verifyVersion(registry, 'm@own')).toMatchObject({ ok: true });
    fsckStrict(lazy.gitDir('m'));
    rmSync(folder, { recursive: true });
  });

  test('does nothing when the remote cannot be asked, and says why', async () => {
    const { registry, lazy } = fixture;
    await fetchFiles(registry, 'm@v1');
    const before = fixture.present('m');
    fixture.hide('m');
    try {
      const { freed, models } = await dropFetched(registry);
      expect(freed).toBe(0);
      expect(models).toMatchObject([{ model: 'm', skipped: expect.stringMatching(/m\.git/) }]);
    } finally {
      fixture.unhide('m');
    }
    const offline = await openRegistry(lazy.registry.path, lazy.registry.environment);
    expect((await dropFetched(offline)).models).toMatchObject([{ freed: 0, skipped: expect.any(String) }]);
    expect(fixture.present('m')).toEqual(before);
  });

  test('keeps a card that is among the files of a version too', async () => {
    const { registry, lazy, origin } = fixture;
    const card = `${'A long card. '.repeat(8000)}\n`;
    await createModel(origin.registry, 'carded');
    await editModel(origin.registry, 'carded', { card });
    const source = origin.write({
      'carded/README.md': card,
      'carded/more.bin': pseudoRandomBytes(5, 100_000),
    });
    await createVersion(origin.registry, { model: 'carded', version: 'v1' }, { sources: [{ path: source }] });
    fixture.clone('carded');
    await fetchFiles(registry, 'carded@v1');
    expect((await dropFetched(registry, { models: ['carded'] })).freed).toBeGreaterThan(100_000);
    expect(await showModel(registry, 'carded')).toMatchObject({ card });
    fsckStrict(lazy.gitDir('carded'));
    rmSync(lazy.gitDir('carded'), { recursive: true });
  });

  test('passes over full clones, without asking anybody', async () => {
    const { registry, lazy, origin } = fixture;
    rmSync(lazy.gitDir('m'), { recursive: true });
    gitText(lazy.work, 'clone', '--quiet', '--bare', origin.gitDir('m'), lazy.gitDir('m'));
    fixture.requests();
    expect(await dropFetched(registry)).toEqual({ freed: 0, models: [] });
    expect(fixture.requests()).toBe(0);
  });
});
