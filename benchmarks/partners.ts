import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Dataset } from './data/data.ts';
import type { Contestant } from './measure/alternate.ts';
import { type Command, run } from './measure/process.ts';
import { ROOT } from './root.ts';

/** `cp` of the file, then `sync` of the copy, which is its fsync. */
export function copyAndSync({ file }: Dataset): Contestant {
  return {
    name: 'cp and sync',
    needs: 'sync',
    prepare: (folder) => {
      const copy = join(folder, basename(file));
      const commands = [
        { program: 'cp', args: [file, copy] },
        { program: 'sync', args: [copy] },
      ];
      return { source: file, commands };
    },
  };
}

/** `sha256sum` of the file. */
export function sha256sum(file: string): Contestant {
  const commands = [{ program: 'sha256sum', args: [file] }];
  return { name: 'sha256sum', needs: 'sha256sum', prepare: () => ({ source: file, commands }) };
}

/** A process that reads the file through Node's own SHA-256 and does nothing else. */
export function nativeSha256(file: string): Contestant {
  const script = join(ROOT, 'benchmarks', 'children', 'native-sha256.cjs');
  const commands = [{ program: process.execPath, args: [script, file] }];
  return { name: 'a native SHA-256 pass', prepare: () => ({ source: file, commands }) };
}

/** `git add .` in a new repository, with Git's defaults or with some settings. */
export function gitAdd(dataset: Dataset, settings: readonly string[] = []): Contestant {
  return {
    name: ['git add', ...settings].join(', '),
    needs: 'git',
    prepare: async (folder) => {
      const git = await makeRepository(folder, dataset);
      const configured = settings.flatMap((setting) => ['-c', setting]);
      return { source: dataset.file, commands: [git(...configured, 'add', '.')] };
    },
  };
}

/** `git add .` and `git commit` in a new repository in which the file is given to git-lfs. */
export function gitLfs(dataset: Dataset): Contestant {
  return {
    name: 'git-lfs add and commit',
    needs: 'git-lfs',
    prepare: async (folder) => {
      const git = await makeRepository(folder, dataset);
      await run(git('lfs', 'install', '--local'));
      const attributes = `${basename(dataset.file)} filter=lfs diff=lfs merge=lfs -text\n`;
      writeFileSync(join(folder, 'repository', '.git', 'info', 'attributes'), attributes);
      const commands = [git('add', '.'), git('commit', '--quiet', '-m', 'Add')];
      return { source: dataset.file, commands };
    },
  };
}

/**
 * A new repository whose work tree is the data where it lies: a copy or a link would cost time or touch the
 * original, and make no difference to what Git does.
 */
async function makeRepository(folder: string, dataset: Dataset): Promise<(...args: string[]) => Command> {
  const repository = join(folder, 'repository');
  await run({ program: 'git', args: ['init', '--quiet', repository] });
  const place = [`--git-dir=${join(repository, '.git')}`, `--work-tree=${dataset.folder}`];
  return (...args) => ({ program: 'git', args: [...place, ...args], folder: dataset.folder });
}
