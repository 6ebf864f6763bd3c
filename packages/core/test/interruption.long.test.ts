import { existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pseudoRandomBytes } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CreateVersionOptions,
  collectGarbage,
  createModel,
  createVersion,
  listVersions,
  type Progress,
  type Registry,
  takeOut,
  verifyRegistry,
  verifyVersion,
} from '../src/index.ts';
import { inAnotherProcess } from './another-process.ts';
import {
  copyOf,
  expectFailure,
  expectRefusal,
  filesBelow,
  type RegistryFixture,
  registryFixture,
  stateOf,
} from './registry-fixture.ts';

const MIB = 1024 * 1024;
const CANCELLED = { code: 'cancelled', names: ['cancelled'] } as const;

let healthy: RegistryFixture;

beforeAll(async () => {
  healthy = await registryFixture();
  healthy.write({
    'source/large.bin': pseudoRandomBytes('large', 20 * MIB),
    'source/small.bin': pseudoRandomBytes('small', 2 * MIB),
    'source/text.txt': 'text',
  });
  await createModel(healthy.registry, 'm');
  await add(healthy.registry, 'v1', { path: 'source' });
});

afterAll(() => healthy[Symbol.dispose]());

describe('an interrupted add', () => {
  test('leaves nothing, wherever it was, and goes through the next time', async () => {
    using fixture = await copyOf(healthy);
    const { registry, write } = fixture;
    write({ 'source/large.bin': pseudoRandomBytes('other', 10 * MIB) });
    const whole = await countEvents((onProgress) =>
      add(fixture.registry, 'probe', { path: 'source', onProgress }),
    );
    expect(whole).toBeGreaterThan(1);
    write({ 'source/large.bin': pseudoRandomBytes('another', 10 * MIB) });
    for (let after = 0; after <= whole; after += 1) {
      const { signal, onProgress } = cancelAfter(after);
      await expectRefusal(
        fixture,
        () => add(registry, 'v2', { path: 'source', signal, onProgress }),
        CANCELLED,
      );
    }
    await add(registry, 'v2', { path: 'source' });
    expect((await verifyRegistry(registry)).every(({ ok }) => ok)).toBe(true);
  });

  test('the same, when threads do the work', async () => {
    using fixture = await copyOf(healthy);
    writeSparse(fixture);
    for (const after of [0, 1, 2, 4]) {
      const { signal, onProgress } = cancelAfter(after);
      const interrupted = () => add(fixture.registry, 'v2', { path: 'sparse.bin', signal, onProgress });
      await expectRefusal(fixture, interrupted, CANCELLED);
    }
    await add(fixture.registry, 'v2', { path: 'sparse.bin' });
    expect(await verifyVersion(fixture.registry, 'm@v2')).toMatchObject({ ok: true, bytes: 40 * MIB });
  });

  test('the same, while the files are being found', async () => {
    using fixture = await copyOf(healthy);
    const folder = join(fixture.work, 'many');
    mkdirSync(folder);
    for (let number = 0; number < 600; number += 1) writeFileSync(join(folder, `${number}`), '');
    const controller = new AbortController();
    const interrupted = () => {
      setImmediate(() => controller.abort());
      return add(fixture.registry, 'v2', { path: 'many', signal: controller.signal });
    };
    await expectRefusal(fixture, interrupted, CANCELLED);
  });

  test('whatever the reason given, it is called cancelled; a callback that throws ends it too', async () => {
    using fixture = await copyOf(healthy);
    for (const reason of [undefined, 'enough', new Error('enough')]) {
      const signal = AbortSignal.abort(reason);
      await expectRefusal(fixture, () => add(fixture.registry, 'v2', { path: 'source', signal }), CANCELLED);
    }
    const onProgress = () => {
      throw new Error('the caller broke');
    };
    writeSparse(fixture);
    for (const path of ['source', 'sparse.bin']) {
      const broken = { code: 'failed', names: ['the caller broke'] } as const;
      await expectRefusal(fixture, () => add(fixture.registry, 'v2', { path, onProgress }), broken);
    }
  });
});

describe('an interrupted get', () => {
  test('leaves nothing at a new place, and all as it was at one that is there', async () => {
    using fixture = await copyOf(healthy);
    const { registry, work } = fixture;
    const out = join(work, 'out');
    const there = join(work, 'there');
    await takeOut(registry, 'm@v1', there, { only: ['text.txt'] });
    const events = await countEvents((onProgress) =>
      takeOut(registry, 'm@v1', join(work, 'probe'), { onProgress }),
    );
    expect(events).toBeGreaterThan(5);
    const before = filesBelow(work);
    for (const after of [0, 1, Math.floor(events / 2), events - 1]) {
      for (const destination of [out, there]) {
        await expectFailure(takeOut(registry, 'm@v1', destination, cancelAfter(after)), CANCELLED);
        expect(filesBelow(work)).toEqual(before);
        expect(existsSync(out)).toBe(false);
      }
    }
    await takeOut(registry, 'm@v1', there);
    expect(filesBelow(there)).toEqual(filesBelow(join(work, 'source')));
  });
});

describe('interrupted checks and collections', () => {
  test('end early and change nothing', async () => {
    using fixture = await copyOf(healthy);
    const { registry } = fixture;
    for (const after of [0, 1, 5]) {
      await expectRefusal(fixture, () => verifyVersion(registry, 'm@v1', cancelAfter(after)), CANCELLED);
    }
    await expectRefusal(fixture, () => verifyRegistry(registry, cancelAfter(1)), CANCELLED);
    await expectRefusal(fixture, () => collectGarbage(registry, cancelAfter(0)), CANCELLED);
  });
});

describe('two at once', () => {
  test('of two that add one version one wins, and the other is told that it exists', async () => {
    using fixture = await copyOf(healthy);
    const { registry } = fixture;
    writeSparse(fixture);
    const outcomes = await Promise.allSettled(
      ['source', 'sparse.bin'].map((path) => add(registry, 'v2', { path })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toMatchObject({
        code: 'exists',
        message: expect.stringContaining('m@v2'),
        hint: expect.stringContaining('another version name'),
      });
    }
    await expectSound(fixture, ['v2', 'v1']);
  });

  test('one that comes first while the other still reads wins, from another process too', async () => {
    using fixture = await copyOf(healthy);
    const { registry, work } = fixture;
    const source = JSON.stringify([{ path: join(work, 'source/text.txt') }]);
    let overtaken = false;
    const onProgress = () => {
      if (overtaken) return;
      overtaken = true;
      const target = "{ model: 'm', version: 'v2' }";
      expect(inAnotherProcess(fixture, `createVersion(registry, ${target}, { sources: ${source} })`)).toEqual(
        {},
      );
    };
    const exists = { code: 'exists', names: ['m@v2'], hint: /another version name/ } as const;
    await expectFailure(add(registry, 'v2', { path: 'source', onProgress }), exists);
    expect(await listVersions(registry, 'm')).toMatchObject([
      { createdBy: { name: 'Bob' } },
      { version: 'v1' },
    ]);
    await expectSound(fixture, ['v2', 'v1']);
  });

  test('several that add different versions all come through', async () => {
    using fixture = await copyOf(healthy);
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => add(fixture.registry, name, { path: 'source' })));
    await expectSound(fixture, [...names, 'v1']);
  });
});

interface Adding extends Partial<CreateVersionOptions> {
  /** Beside the registry. */
  readonly path: string;
}

function add(registry: Registry, version: string, { path, ...options }: Adding) {
  const sources = [{ path: join(registry.path, '../work', path) }];
  return createVersion(registry, { model: 'm', version }, { ...options, sources });
}

/** A file that is large enough for threads, and takes up no room. */
function writeSparse({ write }: RegistryFixture): void {
  truncateSync(write({ 'sparse.bin': '' }), 40 * MIB);
}

/** A signal that fires when progress has been told so many times; 0 is before anything. */
function cancelAfter(count: number) {
  const controller = new AbortController();
  let told = 0;
  const onProgress = () => {
    told += 1;
    if (told === count) controller.abort();
  };
  if (count === 0) controller.abort();
  return { signal: controller.signal, onProgress };
}

async function countEvents(
  operation: (onProgress: (progress: Progress) => void) => Promise<unknown>,
): Promise<number> {
  let count = 0;
  await operation(() => (count += 1));
  return count;
}

/** Every version is whole, and no lock, lease or temporary file is left. */
async function expectSound({ registry }: RegistryFixture, versions: readonly string[]): Promise<void> {
  const listed = (await listVersions(registry, 'm')).map(({ version }) => version);
  expect([...listed].sort()).toEqual([...versions].sort());
  expect((await verifyRegistry(registry)).every(({ ok }) => ok)).toBe(true);
  const leftovers = Object.keys(stateOf(registry)).filter((path) => /tmp_|\.lock$|leases/.test(path));
  expect(leftovers).toEqual([]);
}
