/**
 * Child process of the tests: says that it is ready, then reads every object that it is told of, again and again
 * until its input ends, and says how often it read them all.
 */
import { once } from 'node:events';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { openRepository } from '../../src/repository/open.ts';

const [path = '', list = ''] = process.argv.slice(2);
const ids = list.split(',') as ObjectId[];
const repository = openRepository(path);
let isOver = false;
process.stdin.resume();
void once(process.stdin, 'end').then(() => {
  isOver = true;
});
process.stdout.write('ready\n');

const ROUNDS_MAX = 10_000;
let rounds = 0;
for (; rounds < ROUNDS_MAX && (!isOver || rounds === 0); rounds++) {
  for (const id of ids) {
    if (!repository.objects.has(id)) throw new Error(`${id} has gone`);
    repository.objects.readSync(id);
    if (rounds % 2 === 0) await repository.objects.read(id);
  }
  await new Promise(setImmediate);
}
process.stdout.write(`${rounds}\n`);
repository.close();
