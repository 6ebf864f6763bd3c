import type { Identity } from '../environment.ts';
import { CairnError } from '../errors.ts';
import { encodeJson } from '../schema/document.ts';
import { VERSION_SCHEMA, type VersionDocument, versionDocument, type VersionFileEntry } from '../schema/version.ts';
import type { Walk } from '../sources/walk.ts';
import type { PlacedFile } from './version-tree.ts';
import type { VersionTarget } from './version-repository.ts';

/** What can be said of a version when it is made. */
export interface VersionDetails {
  readonly description?: string;
  /** The version of the same model that this one was made from. */
  readonly base?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Such as `pytorch`. */
  readonly framework?: string;
}

export interface DocumentInput {
  readonly target: VersionTarget;
  readonly options: VersionDetails;
  readonly walk: Walk;
  readonly files: readonly PlacedFile[];
  /** Names of the folders of parts, by path. */
  readonly parts: ReadonlyMap<string, string>;
  readonly now: Date;
  readonly createdBy: Identity;
}

/** Composes `version.json`. Throws `invalid` for details that cannot stand in it, such as a metric that is no number. */
export function buildDocument(input: DocumentInput): VersionDocument {
  const { target, options, walk, files, parts, now, createdBy } = input;
  const document: VersionDocument = {
    schema: VERSION_SCHEMA,
    model: target.model,
    version: target.version,
    type: 'plaintext',
    createdAt: now.toISOString(),
    createdBy: { name: createdBy.name, email: createdBy.email },
    description: (options.description ?? '').trim(),
    base: options.base ?? null,
    sources: walk.sources.map(describeSource),
    params: { ...options.params },
    metrics: { ...options.metrics },
    labels: { ...options.labels },
    framework: options.framework ?? null,
    files: [],
  };
  checkDetails(document);
  return { ...document, files: inPathOrder(files).map((file) => describeFile(file, parts.get(file.path))) };
}

/** The one way `version.json` is written: like any document, with one line a file. */
export function encodeVersionDocument(document: VersionDocument): Buffer {
  const { files, ...rest } = document;
  const head = encodeJson(rest).slice(0, -2);
  const lines = files.map((file) => `    ${JSON.stringify(file)}`);
  return Buffer.from(`${head},\n  "files": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]\n}\n`);
}

function describeSource({ source, kind, files }: Walk['sources'][number]) {
  return {
    kind,
    path: source.path,
    ...(source.into !== undefined && { into: source.into }),
    files: files.length,
    bytes: files.reduce((sum, { stat }) => sum + Number(stat.size), 0),
  };
}

function describeFile({ path, stored }: PlacedFile, parts: string | undefined): VersionFileEntry {
  return {
    path,
    size: stored.size,
    sha256: stored.sha256,
    ...(stored.executable && { executable: true }),
    ...(parts !== undefined && { parts }),
  };
}

function inPathOrder(files: readonly PlacedFile[]): PlacedFile[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function checkDetails(document: VersionDocument): void {
  const result = versionDocument.safeParse(document);
  if (result.success) return;
  const { path, message } = result.error.issues[0]!;
  throw new CairnError('invalid', `cannot be recorded: ${path.map(String).join('.')}: ${message}`, {
    hint: 'metrics are numbers; params and labels are text',
  });
}
