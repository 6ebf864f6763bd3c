import type { Identity } from '../environment.ts';
import { CairnError } from '../errors.ts';
import { checkDescription, checkKeys, checkLabels } from '../models/details.ts';
import { checkVersionName } from '../names.ts';
import { encodeJson } from '../schema/document.ts';
import {
  VERSION_SCHEMA,
  type VersionDocument,
  type VersionFileEntry,
  type VersionSource,
  type VersionType,
  versionDocument,
} from '../schema/version.ts';
import type { VersionTarget } from './version-repository.ts';
import type { PlacedFile } from './version-tree.ts';

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

const versionDetails = versionDocument.pick({
  description: true,
  base: true,
  params: true,
  metrics: true,
  labels: true,
  framework: true,
});

export type RecordedDetails = Pick<VersionDocument, keyof typeof versionDetails.shape>;

export interface DocumentInput {
  readonly target: VersionTarget;
  readonly type: VersionType;
  readonly details: RecordedDetails;
  readonly sources: readonly VersionSource[];
  readonly files: readonly PlacedFile[];
  /** Names of the folders of parts, by path. */
  readonly parts: ReadonlyMap<string, string>;
  readonly now: Date;
  readonly createdBy: Identity;
}

/** What can be said of a version, as `version.json` has it. Throws `invalid`, such as for a metric that is no number. */
export function recordedDetails(details: VersionDetails): RecordedDetails {
  const { description = '', base, params, metrics, labels, framework = null } = details;
  for (const [what, record] of Object.entries({ params, metrics })) checkKeys(record ?? {}, what);
  const recorded = {
    description: checkDescription(description),
    base: base === undefined ? null : checkVersionName(base),
    params: { ...params },
    metrics: { ...metrics },
    labels: checkLabels({ ...labels }),
    framework,
  };
  const result = versionDetails.safeParse(recorded);
  if (result.success) return recorded;
  const { path, message } = result.error.issues[0]!;
  throw new CairnError('invalid', `cannot be recorded: ${path.map(String).join('.')}: ${message}`, {
    hint: 'metrics are numbers; params and labels are text',
  });
}

/** Composes `version.json`. */
export function buildDocument(input: DocumentInput): VersionDocument {
  const { target, type, details, sources, files, parts, now, createdBy } = input;
  return {
    schema: VERSION_SCHEMA,
    model: target.model,
    version: target.version,
    type,
    createdAt: now.toISOString(),
    createdBy: { name: createdBy.name, email: createdBy.email },
    description: details.description,
    base: details.base,
    sources: [...sources],
    params: details.params,
    metrics: details.metrics,
    labels: details.labels,
    framework: details.framework,
    files: listFiles(files, parts),
  };
}

/** Files as `version.json` lists them. */
export function listFiles(
  files: readonly PlacedFile[],
  parts: ReadonlyMap<string, string>,
): VersionFileEntry[] {
  return inPathOrder(files).map((file) => describeFile(file, parts.get(file.path)));
}

/** The one way `version.json` is written: like any document, with one line a file. */
export function encodeVersionDocument(document: VersionDocument): Buffer {
  const { files, ...rest } = document;
  const head = encodeJson(rest).slice(0, -2);
  const lines = files.map((file) => `    ${JSON.stringify(file)}`);
  return Buffer.from(`${head},\n  "files": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]\n}\n`);
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
