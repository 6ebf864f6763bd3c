import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linearPackage, temporaryFolder, writePackage } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCommand } from '../../src/commands/table.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
  const folder = join(workshop.path, 'linear');
  writePackage(folder, linearPackage());
  await workshop.json('add', 'linear@v1', folder, '--create', '--type', 'packaged');
  await workshop.json('key', 'new', 'vendor');
  const sealed = ['--create', '--type', 'packaged-encrypted', '--key', 'vendor'];
  await workshop.json('add', 'secret@v1', folder, ...sealed);
});

afterAll(() => workshop[Symbol.dispose]());

/** A folder with programs, each a shell script; nothing else is found in it. */
function programs(scripts: Readonly<Record<string, string>>): Disposable & { readonly PATH: string } {
  const folder = temporaryFolder();
  for (const [name, script] of Object.entries(scripts)) {
    const path = join(folder.path, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }
  return { PATH: folder.path, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

describe('cairn build', () => {
  test('writes a folder, and says how an image is built from it', async () => {
    using folder = temporaryFolder();
    const served = join(folder.path, 'served');
    const { code, err } = await workshop.run(['build', 'linear@v1', served]);
    expect(code).toBe(0);
    expect(err).toContain(`wrote linear@v1 into ${served}, to be served by Python`);
    expect(err).toContain('docker build -t linear:v1 .');
    expect(existsSync(join(served, 'Dockerfile'))).toBe(true);
  });

  test('prints as JSON what docs/cli.md says', async () => {
    using folder = temporaryFolder();
    const served = join(folder.path, 'served');
    const built = (await workshop.json('build', 'linear', served)) as Record<string, unknown>;
    const { json } = (await loadCommand('build'))!;
    expect(Object.keys(built).sort()).toEqual(Object.keys(json![0]!.shape.fields).sort());
    expect(built).toMatchObject({ template: 'docker', image: 'linear:v1', engine: null, plaintext: false });
  });

  test('refuses what is sealed, unless plaintext is what is wanted', async () => {
    using folder = temporaryFolder();
    const served = join(folder.path, 'served');
    const refused = await workshop.run(['build', 'secret@v1', served]);
    expect(refused.err).toContain(
      'secret@v1 is sealed, and what is built from it would hold its files in the clear',
    );
    expect(existsSync(served)).toBe(false);
    const { code, err } = await workshop.run([
      'build',
      'secret@v1',
      served,
      '--plaintext',
      '--key',
      'vendor',
    ]);
    expect(code).toBe(0);
    expect(err).toContain(`what is in ${served} is sealed no longer`);
  });

  test('takes no template that it does not know', async () => {
    const { code, err } = await workshop.run(['build', 'linear@v1', 'served', '--template', 'dokcer']);
    expect(code).toBe(2);
    expect(err).toContain("--template 'dokcer' is not one of bento, docker, node");
  });

  test('refuses a version that has nothing to serve', async () => {
    const { code, err } = await workshop.run(['build', 'stockpred@v1', 'served']);
    expect(code).not.toBe(0);
    expect(err).toContain('stockpred@v1 has nothing to serve');
  });
});

describe.skipIf(process.platform === 'win32')('cairn build --run', () => {
  test('builds the image in the folder, and shows what the engine says', async () => {
    using folder = temporaryFolder();
    const [served, seen] = [join(folder.path, 'served'), join(folder.path, 'seen')];
    using engine = programs({
      docker: `[ "$1" = version ] && exit 0
echo "$PWD: $*" > '${seen}'
echo 'step one' >&2
echo 'step two'
printf 'st\\033[31mep three'`,
    });
    const { code, err } = await workshop.run(['build', 'linear@v1', served, '--run'], {
      variables: { PATH: engine.PATH },
    });
    expect(code).toBe(0);
    expect(readFileSync(seen, 'utf8')).toBe(`${served}: build -t linear:v1 .\n`);
    for (const line of ['step one\n', 'step two\n', 'ep three\n']) expect(err).toContain(line);
    expect(err).not.toContain('\u001b[31m');
    expect(err).toContain('built linear:v1');
  });

  test('takes podman where docker does not answer', async () => {
    using folder = temporaryFolder();
    using engine = programs({ docker: 'exit 1', podman: 'exit 0' });
    const { code, err } = await workshop.run(['build', 'linear', join(folder.path, 'served'), '--run'], {
      variables: { PATH: engine.PATH },
    });
    expect(code).toBe(0);
    expect(err).toContain('podman run --rm');
  });

  test('says at once where there is no engine, and why', async () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'here'));
    using engine = programs({ docker: "echo 'Cannot connect to the Docker daemon' >&2; exit 1" });
    const served = join(folder.path, 'here', 'served');
    const { code, err } = await workshop.run(['build', 'linear@v1', served, '--run'], {
      variables: { PATH: engine.PATH },
    });
    expect(code).not.toBe(0);
    expect(err).toContain(
      'no images can be built on this machine: docker is installed, but its engine does not answer ' +
        '(Cannot connect to the Docker daemon); podman is not installed',
    );
    expect(existsSync(served)).toBe(false);
  });

  test('fails when the engine does, and keeps the folder', async () => {
    using folder = temporaryFolder();
    const served = join(folder.path, 'served');
    using engine = programs({ docker: '[ "$1" = version ] && exit 0\necho "no space" >&2\nexit 17' });
    const { code, err } = await workshop.run(['build', 'linear@v1', served, '--run'], {
      variables: { PATH: engine.PATH },
    });
    expect(code).toBe(1);
    expect(err).toContain('no space\n');
    expect(err).toContain('docker could not build linear:v1: it ended with 17');
    expect(existsSync(join(served, 'Dockerfile'))).toBe(true);
  });
});
