import type { Bench } from './bench.ts';
import { prepareData } from './data/data.ts';
import { type Options, parseOptions, USAGE, UsageError } from './options.ts';
import { writeDocument } from './report/document.ts';
import type { Line } from './report/line.ts';
import { formatReport } from './report/report.ts';
import { ROWS } from './rows/all.ts';
import { isolateGit, makeWorkFolder, removeFolder } from './work-folder.ts';

/** `npm run bench`: measures whole processes as a user runs them, and prints a table. */

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

try {
  const names = ROWS.map(({ name }) => name);
  process.exitCode = await bench(parseOptions(process.argv.slice(2), names));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(`${error.message}\n\n${USAGE}`);
  process.exitCode = EXIT_USAGE;
}

async function bench(options: Options): Promise<number> {
  const folder = makeWorkFolder(options.folder);
  process.once('SIGINT', () => {
    removeFolder(folder);
    process.exit(EXIT_INTERRUPTED);
  });
  try {
    isolateGit(folder);
    return await measureRows(options, folder);
  } finally {
    removeFolder(folder);
  }
}

async function measureRows({ size, runs, only, write }: Options, folder: string): Promise<number> {
  const startedAt = new Date();
  const notes: string[] = [];
  const note = (text: string) => {
    if (!notes.includes(text)) notes.push(text);
  };
  const work: Bench = { folder, size, runs, data: prepareData(folder, size), say, note };
  const lines: Line[] = [];
  let failed = false;
  for (const row of ROWS.filter(({ name }) => only === null || only.includes(name))) {
    try {
      lines.push(...(await row.measure(work)));
    } catch (error) {
      failed = true;
      note(`The row ${row.name} failed: ${(error as Error).message}`);
    }
  }
  const report = formatReport({ size, runs, startedAt, lines, notes });
  process.stdout.write(`${report}\n`);
  if (failed) {
    if (write) say('nothing was written: some rows failed');
    return EXIT_FAILED;
  }
  if (write) writeDocument(report);
  return 0;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
