/** What the tests interrupt; as a child process it runs one of them in a repository. */
import { argv } from 'node:process';
import { collectGarbage } from '../../src/collect/collect.ts';
import { rollUp } from '../../src/collect/roll-up.ts';
import { openRepository, type Repository } from '../../src/repository/open.ts';

export const REMOVING = ['refs/tags/v2', 'refs/tags/v4', 'refs/tags/v5'];

export const RUNS = {
  deletion: (repository: Repository) =>
    collectGarbage(repository, { graceMs: 0, timeoutMs: 0, removing: REMOVING }),
  collection: (repository: Repository) => collectGarbage(repository, { graceMs: 0, timeoutMs: 0 }),
  rollUp,
};

if (import.meta.filename === argv[1]) {
  const [name, gitDir] = argv.slice(2) as [keyof typeof RUNS, string];
  const repository = openRepository(gitDir);
  await RUNS[name](repository);
  repository.close();
}
