import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { gitText } from '@cairn/testkit';

/** An entry of a tree: nothing of it is checked. */
export interface ForgedEntry {
  readonly mode?: string;
  readonly name: string;
  readonly id: string;
}

export interface ForgedFile {
  readonly path: string;
  readonly content?: string;
  /** What `version.json` says of it, where that differs from the truth. */
  readonly listed?: Readonly<Record<string, unknown>>;
}

export interface ForgedVersion {
  readonly files?: readonly ForgedFile[];
  /** Fields of `version.json` that replace the usual ones. */
  readonly document?: Readonly<Record<string, unknown>>;
  /** The whole of `version.json` instead. */
  readonly text?: string | Uint8Array;
  /** Entries of the commit's tree that replace the usual ones or come beside them. */
  readonly root?: readonly ForgedEntry[];
}

/**
 * Writes objects that no honest program would, as `git hash-object --literally -w` does: Git finds and reads them,
 * and nothing of their content was checked.
 */
export class ForgedRepository {
  readonly gitDir: string;

  constructor(gitDir: string) {
    this.gitDir = gitDir;
  }

  object(kind: string, bytes: string | Uint8Array): string {
    const whole = Buffer.concat([Buffer.from(`${kind} ${Buffer.byteLength(bytes)}\0`), Buffer.from(bytes)]);
    return this.#writeLoose(createHash('sha1').update(whole).digest('hex'), whole);
  }

  blob(bytes: string | Uint8Array): string {
    return this.object('blob', bytes);
  }

  /** In the order given, whatever Git would say to that. */
  tree(entries: readonly ForgedEntry[]): string {
    const encoded = entries.flatMap(({ mode = '100644', name, id }) => [
      Buffer.from(`${mode} ${name}\0`),
      Buffer.from(id, 'hex'),
    ]);
    return this.object('tree', Buffer.concat(encoded));
  }

  commit(tree: string): string {
    const person = 'Eve <eve@example.org> 1767225600 +0000';
    return this.object('commit', `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\nforged\n`);
  }

  tagObject(target: string, { kind = 'commit', name = 'bad', message = TRAILERS } = {}): string {
    const tagger = 'tagger Eve <eve@example.org> 1767225600 +0000';
    return this.object('tag', `object ${target}\ntype ${kind}\ntag ${name}\n${tagger}\n\n${message}`);
  }

  setRef(name: string, id: string): void {
    writeFileSync(join(this.gitDir, name), `${id}\n`);
  }

  idOf(revision: string): string {
    return gitText(this.gitDir, 'rev-parse', '--verify', revision);
  }

  /** A whole version under the tag `bad`, of which some is not as it should be. */
  version(forged: ForgedVersion): void {
    this.setRef('refs/tags/bad', this.tagObject(this.versionCommit(forged)));
  }

  versionCommit({ files = [], document = {}, text, root = [] }: ForgedVersion): string {
    const listed = files.map((file) => ({ path: file.path, ...factsOf(file.content ?? ''), ...file.listed }));
    const json = text ?? JSON.stringify({ ...DOCUMENT, files: listed, ...document });
    const usual = [
      { mode: '40000', name: 'files', id: this.filesTree(files) },
      { name: 'version.json', id: this.blob(json) },
    ].filter(({ name }) => !root.some((entry) => entry.name === name));
    return this.commit(this.tree([...usual, ...root].sort((a, b) => (a.name < b.name ? -1 : 1))));
  }

  /** The trees that would lead to files if their paths were believed, `..` included. */
  filesTree(files: readonly ForgedFile[]): string {
    const folders = new Map<string, ForgedFile[]>();
    const entries: ForgedEntry[] = [];
    for (const { path, content = '' } of files) {
      const slash = path.indexOf('/');
      const [first, rest] = [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
      if (slash < 0) entries.push({ name: path, id: this.blob(content) });
      else folders.set(first, [...(folders.get(first) ?? []), { path: rest, content }]);
    }
    for (const [name, inner] of folders) entries.push({ mode: '40000', name, id: this.filesTree(inner) });
    return this.tree(entries.sort((a, b) => Buffer.compare(sortKey(a), sortKey(b))));
  }

  /** Puts another tree on `main`, made of the entries there with some replaced. */
  main(entries: readonly ForgedEntry[]): void {
    const kept = gitText(this.gitDir, 'ls-tree', 'main')
      .split('\n')
      .map((line) => /^(\d+) \w+ (\w+)\t(.*)$/.exec(line)!)
      .map(([, mode, id, name]) => ({ mode: mode!.replace(/^0/, ''), name: name!, id: id! }))
      .filter(({ name }) => !entries.some((entry) => entry.name === name));
    const all = [...kept, ...entries].filter(({ id }) => id !== '');
    this.setRef('refs/heads/main', this.commit(this.tree(all.sort((a, b) => (a.name < b.name ? -1 : 1)))));
  }

  /** A loose object whose header promises more than follows it, under an id that nothing else has. */
  hollowBlob(size: number): string {
    const id = createHash('sha1').update(`hollow ${size}`).digest('hex');
    return this.#writeLoose(id, Buffer.from(`blob ${size}\0{}`));
  }

  #writeLoose(id: string, whole: Uint8Array): string {
    const folder = join(this.gitDir, 'objects', id.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, id.slice(2)), deflateSync(whole, { level: 1 }));
    return id;
  }
}

export const TRAILERS =
  'Cairn-Type: plaintext\nCairn-Files: 1\nCairn-Size: 1\nCairn-Created: 2026-01-01T00:00:00.000Z\n';

/** A `version.json` that is in order, without files. */
export const DOCUMENT = {
  schema: 'cairn.version/1',
  model: 'm',
  version: 'bad',
  type: 'plaintext',
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: { name: 'Eve', email: 'eve@example.org' },
  description: '',
  base: null,
  sources: [],
  params: {},
  metrics: {},
  labels: {},
  framework: null,
  files: [],
};

/** Size and SHA-256, as `version.json` lists them. */
export function factsOf(content: string | Uint8Array) {
  return { size: Buffer.byteLength(content), sha256: createHash('sha256').update(content).digest('hex') };
}

function sortKey({ mode, name }: ForgedEntry): Buffer {
  return Buffer.from(mode === '40000' ? `${name}/` : name);
}
