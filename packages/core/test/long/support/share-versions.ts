import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVersion, editModel, openRegistry, pull, push, type Registry, setAlias } from '@cairn/core';
import { sharingEnvironment } from './sharing-environment.ts';

/** Pushes until one goes through: others are pushing all the time. */
const TRIES_MAX = 500;

const [path = '', writer = '', rounds = ''] = process.argv.slice(2);
const registry = await openRegistry(path, sharingEnvironment(writer));
let refusals = 0;
for (let round = 0; round < Number(rounds); round += 1) {
  const version = `${writer}-${round}`;
  const source = join(path, '..', `source-${version}`);
  mkdirSync(source);
  writeFileSync(join(source, 'own.txt'), version);
  await createVersion(registry, { model: 'stocks', version }, { sources: [{ path: source }] });
  await editModel(registry, 'stocks', { labels: { [writer]: String(round) } });
  await setAlias(registry, { model: 'stocks', alias: `of-${writer}` }, version);
  refusals += await share(registry);
}
process.stdout.write(JSON.stringify({ refusals }));

/** `cairn push`, and as long as that is refused `cairn pull && cairn push`. Gives how often it was refused. */
async function share(own: Registry): Promise<number> {
  for (let refused = 0; refused < TRIES_MAX; refused += 1) {
    const report = await push(own);
    const failures = report.models.flatMap(({ problems }) => problems).filter(({ isFailure }) => isFailure);
    if (failures.length === 0) return refused;
    const other = failures.find(({ kind }) => kind !== 'main-behind');
    if (other) throw new Error(`${other.kind}: ${other.message}`);
    const pulled = await pull(own);
    const problem = pulled.models.flatMap(({ problems }) => problems).find(({ isFailure }) => isFailure);
    if (problem) throw new Error(`${problem.kind}: ${problem.message}`);
  }
  throw new Error(`still refused after ${TRIES_MAX} tries`);
}
