import { join } from 'node:path';
import { gitText, linearPackage, writePackage } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { createVersion, listAccess, push, resealVersions, rotateDomain } from '../../src/index.ts';
import { expectFailure } from '../registry-fixture.ts';
import { gitDirOf, newTeam, refsOf } from './sharing-fixture.ts';

const KEY = new Uint8Array(32).fill(1);
const ENCRYPTION = { kind: 'key', key: KEY } as const;
const NEW_ENCRYPTION = { kind: 'key', key: new Uint8Array(32).fill(2) } as const;

test('sealing a shared version anew is refused before a new key domain is begun', async () => {
  using team = newTeam();
  const ada = await team.join('ada');
  const path = join(team.folder, 'package');
  writePackage(path, linearPackage());
  const seal = (version: string) =>
    createVersion(
      ada,
      { model: 'net', version },
      {
        sources: [{ path }],
        createModel: true,
        type: 'packaged-encrypted',
        encryption: ENCRYPTION,
      },
    );
  await seal('v1');
  const rotate = () => rotateDomain(ada, 'net', { encryption: NEW_ENCRYPTION, reseal: true });
  const reseal = () =>
    resealVersions(ada, 'net', { unlock: { secret: ENCRYPTION }, encryption: NEW_ENCRYPTION });
  await push(ada);
  const before = refsOf(gitDirOf(ada, 'net'));
  const refused = {
    code: 'refused',
    names: ['net', 'v1 is shared through origin'],
    hint: /rotate without/,
  } as const;
  await expectFailure(rotate(), refused);
  expect(refsOf(gitDirOf(ada, 'net'))).toEqual(before);
  expect(await listAccess(ada, 'net')).toHaveLength(1);
  // What the remote does not have can be sealed anew, remote or not.
  gitText(team.shared, 'update-ref', '-d', 'refs/tags/net/v1');
  await rotate();
  expect(await reseal()).toMatchObject({ resealed: ['v1'] });
});
