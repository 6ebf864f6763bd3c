/** Child process of the tests: takes a lock or a lease, says so, and keeps it until it is killed. */
import { acquireExclusive, acquireLease } from '../../src/files/lease.ts';
import { acquireLock } from '../../src/files/lock.ts';

const TAKE = { lock: acquireLock, lease: acquireLease, exclusive: acquireExclusive };

const [kind, path] = process.argv.slice(2) as [keyof typeof TAKE, string];
await TAKE[kind](path, { timeoutMs: 10_000, purpose: `hold a ${kind}` });
process.stdout.write('held\n');
process.stdin.resume();
