import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CairnError } from '../../../errors.ts';
import { filePathProblem } from '../../../file-path.ts';
import { checkRoom } from '../../../packages/unpack-entries.ts';
import { checkCancelled, type TaskOptions } from '../../../progress.ts';
import { checkAnswer, filesPage } from './answers.ts';
import { type Client, unreachable } from './client.ts';

/** Most files and folders of one run; what a version can list is more. */
const ENTRIES_MAX = 100_000;

/** Deepest folder. */
const DEPTH_MAX = 32;

/** Files that are fetched at the same time. */
const AT_ONCE = 4;

/** A file on the server: its path below what is fetched, and its bytes where the server says. */
interface RemoteFile {
  readonly path: string;
  readonly size: number | null;
}

/**
 * Fetches what stands at a path of the server's artifacts into a folder, and gives the path there: a folder, or a file
 * under its own name. Nothing is written outside of the folder, whatever the server says. `null` when nothing is there.
 */
export async function download(
  client: Client,
  path: string,
  options: TaskOptions & { readonly folder: string },
): Promise<string | null> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const files = await filesBelow(client, path, options);
  if (files.length > 0) {
    const target = join(options.folder, 'files');
    await fetchAll(client, { ...options, files, path, target });
    return target;
  }
  const beside = path.includes('/') ? await entriesOf(client, path.slice(0, path.lastIndexOf('/'))) : [];
  const single = beside.find((entry) => entry.path === name && !entry.is_dir);
  if (!single) return null;
  const file = { path: '', size: single.file_size ?? null };
  const target = join(options.folder, checkedName(name, client));
  await fetchAll(client, { ...options, files: [file], path, target });
  return target;
}

async function filesBelow(
  client: Client,
  root: string,
  { signal, onProgress }: TaskOptions,
): Promise<RemoteFile[]> {
  const files: RemoteFile[] = [];
  const waiting = [{ below: '', depth: 0 }];
  for (let looked = 0; waiting.length > 0; ) {
    checkCancelled(signal);
    const { below, depth } = waiting.shift()!;
    for (const { path: name, is_dir, file_size } of await entriesOf(client, joined(root, below))) {
      looked += 1;
      if (looked > ENTRIES_MAX || depth > DEPTH_MAX) throw tooMany(client);
      const inner = joined(below, checkedName(name, client));
      if (is_dir) waiting.push({ below: inner, depth: depth + 1 });
      else files.push({ path: inner, size: file_size ?? null });
    }
    onProgress?.({ phase: 'scanning', done: 0, total: 0, files: { done: files.length, total: 0 } });
  }
  return files;
}

async function entriesOf(client: Client, path: string) {
  const answer = await client.ask({
    method: 'GET',
    path: 'mlflow-artifacts/artifacts',
    parameters: { path },
  });
  return answer === null ? [] : checkAnswer(filesPage, answer, client.url).files;
}

interface Fetching extends TaskOptions {
  readonly files: readonly RemoteFile[];
  /** On the server. */
  readonly path: string;
  /** On this disk. */
  readonly target: string;
}

async function fetchAll(
  client: Client,
  { files, path, target, signal, onProgress }: Fetching,
): Promise<void> {
  const total = files.reduce((sum, { size }) => sum + (size ?? 0), 0);
  await checkRoom(dirname(target), total, 'the artifacts have');
  const waiting = [...files];
  let bytes = 0;
  let done = 0;
  const onBytes = (count: number) => {
    bytes += count;
    onProgress?.({ phase: 'fetching', done: bytes, total, files: { done, total: files.length } });
  };
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      checkCancelled(signal);
      const to = file.path === '' ? target : join(target, ...file.path.split('/'));
      await fetchFile(client, { file, from: joined(path, file.path), to, onBytes });
      done += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    waiting.length = 0;
  }
}

interface FileFetching {
  readonly file: RemoteFile;
  readonly from: string;
  readonly to: string;
  readonly onBytes: (count: number) => void;
}

async function fetchFile(client: Client, { file, from, to, onBytes }: FileFetching): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const path = `mlflow-artifacts/artifacts/${from.split('/').map(encodeURIComponent).join('/')}`;
  const stream = await client.stream(path);
  await using target = await open(to, 'wx', 0o600);
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.byteLength;
      if (file.size !== null && size > file.size) break;
      await target.writeFile(chunk);
      onBytes(chunk.byteLength);
    }
  } catch (cause) {
    throw cause instanceof TypeError || (cause instanceof Error && cause.name === 'AbortError')
      ? unreachable(client, cause)
      : cause;
  }
  if (file.size !== null && size !== file.size) throw otherSize(from, file.size, client);
}

/** The server names the entries of a folder: a name alone, that can stand in a version. */
function checkedName(name: string, { url }: Client): string {
  const problem = name.includes('/') ? 'it is more than one name' : filePathProblem(name);
  if (problem === null) return name;
  throw new CairnError(
    'hostile',
    `${url} lists the file ${JSON.stringify(name.slice(0, 200))}, which is refused: ${problem}`,
    {
      hint: 'rename it on the server, or do not trust it',
    },
  );
}

function joined(folder: string, name: string): string {
  return [folder, name].filter((part) => part !== '').join('/');
}

function tooMany({ url }: Client): CairnError {
  return new CairnError(
    'hostile',
    `${url} lists more than ${ENTRIES_MAX} files of one run, or ${DEPTH_MAX} folders deep`,
    {
      hint: 'name a path among them: mlflow:<run>/<path>',
    },
  );
}

function otherSize(path: string, expected: number, { url }: Client): CairnError {
  return new CairnError('changed', `${path} on ${url} has not the ${expected} bytes that were listed`, {
    hint: 'it changed meanwhile, or the connection was cut: try again',
  });
}
