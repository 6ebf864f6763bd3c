import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { acquireExclusive, acquireLease, listLeases, sweepLeases } from '../../src/files/lease.ts';
import { currentOwner, encodeOwner } from '../../src/files/owner.ts';
import { crash, startHolder } from './holder.ts';

const NOW = { timeoutMs: 0, purpose: 'test' };
const SOON = { timeoutMs: 20_000, purpose: 'test' };

describe('leases', () => {
  test('of writers stand together, and are gone after their release', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'cairn');
    const leases = [await acquireLease(path, NOW), await acquireLease(path, NOW)];
    expect(listLeases(path)).toMatchObject([
      { kind: 'shared', state: 'alive' },
      { kind: 'shared', state: 'alive' },
    ]);
    for (const lease of leases) lease.release();
    leases[0]!.release();
    expect(listLeases(path)).toEqual([]);
  });

  test('need the repository to be there', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'gone.git', 'cairn');
    await expect(acquireLease(path, SOON)).rejects.toMatchObject({ code: 'not-found' });
    await expect(acquireExclusive(path, SOON)).rejects.toMatchObject({ code: 'not-found' });
    expect(listLeases(path)).toEqual([]);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('a collector waits for writers, and names one when the time is over', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'cairn');
    const writer = await acquireLease(path, { timeoutMs: 0, purpose: 'add v1' });
    await expect(acquireExclusive(path, { timeoutMs: 2, purpose: 'collect' })).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringMatching(/is locked by process \d+ on ".*" \("add v1"\)/),
    });
    const waiting = acquireExclusive(path, SOON);
    writer.release();
    (await waiting).release();
    expect(listLeases(path)).toEqual([]);
  });

  test('writers wait for a collector, and name it when the time is over', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'cairn');
    const collector = await acquireExclusive(path, { timeoutMs: 0, purpose: 'collect' });
    await expect(acquireLease(path, { timeoutMs: 2, purpose: 'add' })).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('("collect")'),
    });
    expect(listLeases(path)).toMatchObject([{ kind: 'exclusive', state: 'alive' }]);
    const waiting = acquireLease(path, SOON);
    collector.release();
    (await waiting).release();
  });

  test('new writers wait while a collector waits for old ones', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'cairn');
    const old = await acquireLease(path, NOW);
    const collector = acquireExclusive(path, SOON);
    await expect(acquireLease(path, NOW)).rejects.toMatchObject({ code: 'locked' });
    old.release();
    (await collector).release();
    (await acquireLease(path, NOW)).release();
  });

  test('a collector excludes another, and a cancelled one leaves nothing', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'cairn');
    const writer = await acquireLease(path, NOW);
    const controller = new AbortController();
    const waiting = acquireExclusive(path, { ...SOON, signal: controller.signal });
    await expect(acquireExclusive(path, NOW)).rejects.toMatchObject({ code: 'locked' });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    writer.release();
    (await acquireExclusive(path, NOW)).release();
  });

  test('of writers and collectors are never held together, whatever the order', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'cairn');
    let [writers, collectors] = [0, 0];
    const write = async () => {
      const lease = await acquireLease(path, SOON);
      writers++;
      expect(collectors).toBe(0);
      await new Promise(setImmediate);
      writers--;
      lease.release();
    };
    const collect = async () => {
      const lease = await acquireExclusive(path, SOON);
      collectors++;
      expect([writers, collectors]).toEqual([0, 1]);
      await new Promise(setImmediate);
      collectors--;
      lease.release();
    };
    await Promise.all(Array.from({ length: 16 }, (_, index) => (index % 4 === 0 ? collect() : write())));
  });
});

describe('the lease of a process that died', () => {
  test('is swept by a collector, and is on the list until then', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'cairn');
    await crash(await startHolder('lease', path));
    expect(listLeases(path)).toMatchObject([
      { kind: 'shared', state: 'dead', owner: { purpose: 'hold a lease' } },
    ]);
    (await acquireExclusive(path, NOW)).release();
    expect(listLeases(path)).toEqual([]);
  });

  test('does not hold back writers when it was a collector', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'cairn');
    await crash(await startHolder('exclusive', path));
    (await acquireLease(path, NOW)).release();
    expect(listLeases(path)).toEqual([]);
  });

  test('is swept on demand, while the living and the unknown stay', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'cairn');
    const lease = await acquireLease(path, NOW);
    const owner = currentOwner('elsewhere');
    writeFileSync(join(path, 'leases', 'dead.json'), encodeOwner({ ...owner, started: '1' }));
    writeFileSync(join(path, 'leases', 'unknown.json'), encodeOwner({ ...owner, host: 'elsewhere' }));
    writeFileSync(join(path, 'leases', 'later.json'), '{"version":2}');
    writeFileSync(join(path, 'exclusive.lock'), encodeOwner({ ...owner, started: '1' }));
    expect(sweepLeases(path).map(({ kind }) => kind)).toEqual(['exclusive', 'shared']);
    expect(
      listLeases(path)
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['alive', 'unknown', 'unknown']);
    lease.release();
    await expect(acquireExclusive(path, NOW)).rejects.toMatchObject({ code: 'locked' });
  });
});
