import { realpathSync } from 'node:fs';
import { execPath } from 'node:process';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { runTool } from '../../src/signing/run.ts';
import { personNamed } from '../sharing/sharing-fixture.ts';

test('programs that sign and check do not work in the registry, whose files come from others', async () => {
  using folder = temporaryFolder();
  const environment = personNamed('ada');
  const settings = {} as never;
  const tools = { programs: environment.programs!, settings, environment, folder: folder.path };
  const { stdout } = await runTool(tools, { program: execPath, arguments: ['-p', 'process.cwd()'] });
  const path = stdout.toString().trim();
  expect(path).not.toBe('');
  expect(path).not.toBe(realpathSync(folder.path));
});
