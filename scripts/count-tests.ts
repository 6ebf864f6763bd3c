import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Adds up vitest's JSON reports of a folder and prints the closing line of a run. */

const [folder = '.'] = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests;
  counts.skipped += report.numPendingTests;
}
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
