import { closeSync, ftruncateSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { argv, resourceUsage, stdout } from 'node:process';
import { extractFiles } from '../../src/extract/extract-files.ts';
import { readParts } from '../../src/extract/file-content.ts';
import { ObjectWriter } from '../../src/ingest/object-writer.ts';
import type { StoredFile } from '../../src/ingest/source-file.ts';
import { storeFiles } from '../../src/ingest/store-files.ts';
import { createRepository } from '../../src/repository/create.ts';
import { openRepository, type Repository } from '../../src/repository/open.ts';

/** What a process of its own is asked to do with one large file. */
export interface LargeFileTask {
  /** An empty folder. */
  readonly folder: string;
  /** Bytes. */
  readonly size: number;
  /** Every mebibyte is another one; otherwise all of it is zeros. */
  readonly marked: boolean;
  readonly bytesExpected: number;
}

export interface LargeFileReport {
  /** The most memory that the process ever had, bytes. */
  readonly memory: number;
  readonly written: number;
  readonly reused: number;
  readonly parts: number;
  /** Sizes of the packs, the largest first. */
  readonly packs: readonly number[];
  /** Messages of what could not be read back. */
  readonly failed: readonly string[];
}

const MIB = 1024 * 1024;

if (argv[2] !== undefined) stdout.write(JSON.stringify(await storeLargeFile(JSON.parse(argv[2]))));

/** Stores a file that takes up little room itself, and reads all of it back. */
async function storeLargeFile(task: LargeFileTask): Promise<LargeFileReport> {
  const { folder, size, bytesExpected } = task;
  const gitDir = join(folder, 'repository.git');
  createRepository(gitDir);
  const from = join(folder, 'large.bin');
  writeSparse(from, task);
  const repository = openRepository(gitDir);
  const writer = await ObjectWriter.open(repository, { purpose: 'test', timeoutMs: 0 });
  const [file] = await storeFiles(writer, [{ from, path: 'large.bin' }], { bytesExpected });
  await writer.commit();
  await writer.release();
  rmSync(from);
  const failed = await readBack(repository, file!);
  repository.close();
  return {
    memory: resourceUsage().maxRSS * 1024,
    written: writer.stored.bytes,
    reused: writer.reused.bytes,
    parts: file!.content.kind === 'parts' ? file!.content.count : 0,
    packs: packSizes(gitDir),
    failed: size === file!.size ? failed : ['another size'],
  };
}

function writeSparse(path: string, { size, marked }: LargeFileTask): void {
  const fd = openSync(path, 'w');
  ftruncateSync(fd, size);
  for (let at = 0; marked && at < size; at += MIB) writeSync(fd, `mark at ${at}`, at);
  closeSync(fd);
}

async function readBack({ objects, ...repository }: Repository, file: StoredFile): Promise<string[]> {
  const { content, size, sha256 } = file;
  if (content.kind === 'blob') return ['not in parts'];
  const parts = await readParts(objects, content.tree, size);
  const jobs = [{ content: { path: 'large.bin', size, sha256, parts } }];
  return (await extractFiles({ objects, ...repository }, jobs)).map(({ error }) => error.message);
}

function packSizes(gitDir: string): number[] {
  const folder = join(gitDir, 'objects/pack');
  const packs = readdirSync(folder).filter((name) => name.endsWith('.pack'));
  return packs.map((name) => statSync(join(folder, name)).size).sort((a, b) => b - a);
}
