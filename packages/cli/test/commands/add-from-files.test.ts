import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linearPackage, recordedStore, zipFile } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});

afterAll(() => workshop[Symbol.dispose]());

const HOME = join(recordedStore('bentoml'), 'home');
const EXPORTS = join(recordedStore('bentoml'), 'exports');

describe('add --from, for what is not MLflow', () => {
  test('takes a bento from the store with its models, and says so when it was there', async () => {
    const words = ['--from', 'bentoml:house_price_service', '--home', HOME];
    expect(await workshop.run(['add', 'house@v1', ...words, '--create'])).toMatchObject({ code: 0 });
    const again = await workshop.run(['add', 'house@v2', ...words, '--label', 'owner=me']);
    expect(again.err).toContain('the same was added before, as house@v1');
    expect(await workshop.json('show', 'house@v2')).toMatchObject({
      labels: { owner: 'me' },
      framework: 'scikit-learn',
      sources: [{ kind: 'bento', name: 'house_price_service' }],
    });
    expect((await workshop.run(['cat', 'house@v1:bento.yaml'])).out).toContain('service: service:HousePrice');
  });

  test('takes an export, which goes where --into says, beside other files', async () => {
    const file = join(workshop.path, 'exported');
    cpSync(join(EXPORTS, 'house-price.bentomodel'), file);
    const notes = join(workshop.path, 'notes.txt');
    writeFileSync(notes, 'hello');
    await workshop.run(['add', 'house@v3', notes, '--into', 'bento', '--from', file]);
    const { files, sources } = (await workshop.json('show', 'house@v3')) as {
      files: { path: string }[];
      sources: object[];
    };
    expect(files.map(({ path }) => path)).toContain('bento/model.yaml');
    expect(files.map(({ path }) => path)).toContain('notes.txt');
    expect(sources).toMatchObject([{ kind: 'file' }, { kind: 'bento-model', path: file, into: 'bento' }]);
  });

  test('makes a package of a .mlarchive, unless another type is asked for', async () => {
    const entries = Object.entries(linearPackage()).map(([name, text]) => ({
      name,
      bytes: Buffer.from(text),
    }));
    const file = join(workshop.path, 'linear.mlarchive');
    writeFileSync(file, zipFile(entries, { deflate: true }).bytes);
    await workshop.run(['add', 'linear@v1', '--from', file, '--create']);
    expect(await workshop.json('show', 'linear@v1')).toMatchObject({ type: 'packaged' });
    await workshop.run(['add', 'linear@v2', '--from', file, '--type', 'plaintext']);
    expect(await workshop.json('show', 'linear@v2')).toMatchObject({ type: 'plaintext' });
  });

  test('refuses what it cannot take, and says what to do', async () => {
    const { code, err } = await workshop.run(['add', 'house@v9', '--from', 'bentoml:gone', '--home', HOME]);
    expect(code).not.toBe(0);
    expect(err).toContain('no model and no bento gone');
    expect(err).toContain('cairn source ls bentoml');
  });
});
