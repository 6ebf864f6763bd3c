import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safetensorsHeader } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { EACH_WAY, expectNothingLeft, ingestFixture, MIB, noise, store } from './fixture.ts';
import { NO_SMALL_DISK, smallDisk } from './small-disk.ts';

describe.each(EACH_WAY)('storing files %s', (_, options) => {
  test('refuses a file that is larger than can be cut, before it reads any of it', async (context) => {
    using disk = smallDisk(MIB);
    if (disk === null) return context.skip(NO_SMALL_DISK);
    using fixture = ingestFixture();
    const from = join(disk.path, 'huge.bin');
    writeFileSync(from, '');
    for (const size of [2 ** 48, 2 ** 50, 2 ** 53 - 1]) {
      truncateSync(from, size);
      const stored = store(fixture.repository, [{ from, path: 'models/huge.bin' }], options);
      const message = expect.stringMatching(new RegExp(`models/huge\\.bin has ${size} bytes`));
      await expect(stored).rejects.toMatchObject({ name: 'StoreError', code: 'invalid', message });
      expectNothingLeft(fixture);
    }
  });

  test('believes no header that claims more than there is', async () => {
    using fixture = ingestFixture();
    const claims = [
      `{"a":{"dtype":"F16","shape":[${2 ** 49}],"data_offsets":[0,${2 ** 50}]}}`,
      `{"a":{"dtype":"U8","shape":[${'1,'.repeat(100_000)}1],"data_offsets":[0,1]}}`,
    ];
    const files = claims.map((json, index) =>
      fixture.source(`${index}.safetensors`, Buffer.concat([safetensorsHeader(json), noise(2 * MIB, index)])),
    );
    const gguf = Buffer.concat([
      Buffer.from('GGUF\u0003\0\0\0', 'latin1'),
      Buffer.alloc(16, 0x7f),
      noise(2 * MIB),
    ]);
    const { stored } = await store(fixture.repository, [...files, fixture.source('x.gguf', gguf)], options);
    expect(stored.map(({ content }) => content.kind)).toEqual(['parts', 'parts', 'parts']);
  });
});
