import { git } from '@cairn/testkit';
import { expect, test } from 'vitest';
import {
  aliasesAt,
  aliasHistory,
  createModel,
  modelEvents,
  rollbackAlias,
  setAlias,
} from '../../src/index.ts';
import { expectFailure, type RegistryFixture, registryFixture } from '../registry-fixture.ts';

const MOVES = 10_000;
const START = Date.UTC(2020, 0, 1) / 1000;
const HOUR = 3600;

test('ten thousand moves of an alias are read, each once and in their order', async () => {
  using fixture = await registryFixture();
  const { registry } = fixture;
  await createModel(registry, 'm');
  moveByHand(fixture, (move) => `v${move % 7}`);
  const moves = await aliasHistory(registry, { model: 'm', alias: 'prod' });
  expect(moves.length).toBe(MOVES);
  expect(moves.slice(0, 2).map(({ to }) => to)).toEqual([`v${(MOVES - 1) % 7}`, `v${(MOVES - 2) % 7}`]);
  expect((await modelEvents(registry, 'm')).length).toBe(MOVES + 1);
  const moment = new Date((START + 5000 * HOUR + 1) * 1000);
  expect(await aliasesAt(registry, 'm', moment)).toMatchObject([{ alias: 'prod', version: `v${5000 % 7}` }]);
  await expectFailure(rollbackAlias(registry, { model: 'm', alias: 'prod' }), {
    code: 'refused',
    names: [`v${(MOVES - 2) % 7}`],
  });
  await expectFailure(setAlias(registry, { model: 'm', alias: 'prod' }, 'v1'), {
    code: 'not-found',
    names: ['v1'],
  });
});

/** As many commits as that many moves by Git itself would give. */
function moveByHand({ gitDir }: RegistryFixture, versionOf: (move: number) => string): void {
  const stream = ['reset refs/heads/main', 'from refs/heads/main^0', ''];
  for (let move = 0; move < MOVES; move++) {
    const aliases = { prod: versionOf(move) };
    const text = JSON.stringify({ schema: 'cairn.model/1', name: 'm', description: '', labels: {}, aliases });
    const message = `move ${move}`;
    stream.push(
      'commit refs/heads/main',
      `committer Bo <bo@example.org> ${START + move * HOUR} +0000`,
      `data ${message.length}\n${message}`,
      `M 100644 inline model.json\ndata ${text.length}\n${text}`,
      '',
    );
  }
  git(gitDir('m'), ['fast-import', '--quiet', '--force'], stream.join('\n'));
}
