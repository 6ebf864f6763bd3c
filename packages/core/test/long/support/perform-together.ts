/**
 * Child process of the tests: says that it is ready, waits for a word, then carries out operations one after another,
 * and says in a line each how they ended.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Operation, perform, presentEnvironment } from './operations.ts';

const [registry, file] = process.argv.slice(2) as [string, string];
const operations = JSON.parse(readFileSync(file, 'utf8')) as readonly Operation[];
process.stdout.write('ready\n');
await once(process.stdin, 'data');
for (const operation of operations) {
  process.stdout.write(`${JSON.stringify(await perform(registry, operation, presentEnvironment()))}\n`);
}
process.stdin.destroy();
