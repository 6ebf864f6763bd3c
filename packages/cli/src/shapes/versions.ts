import type { CreatedVersion, Version, VersionFile } from '@cairn/core';
import { type IdentityJson, identityJson } from './identity.ts';
import { documented } from './shape.ts';

/** A file of a version, as `--json` prints it. */
export interface VersionFileJson {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly executable: boolean;
  readonly parted: boolean;
}

export const VERSION_FILE_SHAPE = documented<VersionFileJson>('VersionFile', {
  path: ['string', 'its path inside the version'],
  size: ['number', 'bytes'],
  sha256: ['string', 'SHA-256 of its bytes, in hexadecimal'],
  executable: ['boolean', 'whether it is taken out executable'],
  parted: ['boolean', 'whether it is stored in parts'],
});

export function versionFileJson({ path, size, sha256, executable, parted }: VersionFile): VersionFileJson {
  return { path, size, sha256, executable, parted };
}

/** A version with its files, as `--json` prints it. */
export interface VersionJson {
  readonly model: string;
  readonly version: string;
  readonly type: string;
  readonly size: number;
  readonly createdAt: string;
  readonly createdBy: IdentityJson;
  readonly description: string;
  readonly latest: boolean;
  readonly aliases: readonly string[];
  readonly base: string | null;
  readonly sources: readonly unknown[];
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly framework: string | null;
  readonly files: readonly VersionFileJson[];
  readonly commit: string;
  readonly tag: string;
}

export const VERSION_SHAPE = documented<VersionJson>('Version', {
  model: ['string', 'the model it is a version of'],
  version: ['string', 'its name'],
  type: ['"plaintext" \\| "packaged" \\| "packaged-encrypted"', 'its type'],
  size: ['number', 'bytes in its files'],
  createdAt: ['string', 'when it was added'],
  createdBy: ['{ name, email }', 'who added it'],
  description: ['string', 'its description; empty without one'],
  latest: ['boolean', 'whether it is the newest version'],
  aliases: ['string[]', 'the aliases that stand for it'],
  base: ['string \\| null', 'the version it was made from'],
  sources: ['object[]', 'where its files came from, as `version.json` records it'],
  params: ['{ [key]: string }', 'its parameters'],
  metrics: ['{ [key]: number }', 'its metrics'],
  labels: ['{ [key]: string }', 'its labels'],
  framework: ['string \\| null', 'the framework it is for'],
  files: ['VersionFile[]', 'its files: path, size, sha256, executable, parted'],
  commit: ['string', 'the Git commit that holds it'],
  tag: ['string', 'the Git tag that names it, by object id'],
});

export function versionJson(version: Version): VersionJson {
  return {
    model: version.model,
    version: version.version,
    type: version.type,
    size: version.size,
    createdAt: version.createdAt,
    createdBy: identityJson(version.createdBy),
    description: version.description,
    latest: version.latest,
    aliases: [...version.aliases],
    base: version.base ?? null,
    sources: version.sources,
    params: { ...version.params },
    metrics: { ...version.metrics },
    labels: { ...version.labels },
    framework: version.framework ?? null,
    files: version.files.map(versionFileJson),
    commit: version.commit,
    tag: version.tag,
  };
}

/** What `cairn add` has done, as `--json` prints it. */
export interface CreatedVersionJson {
  readonly version: VersionJson;
  readonly stored: { readonly bytes: number; readonly parts: number };
  readonly reused: { readonly bytes: number; readonly parts: number };
  readonly skipped: readonly string[];
}

export const CREATED_VERSION_SHAPE = documented<CreatedVersionJson>('CreatedVersion', {
  version: ['Version', 'the new version'],
  stored: ['{ bytes, parts }', 'what is new in the repository'],
  reused: ['{ bytes, parts }', 'what was there already'],
  skipped: ['string[]', 'what was left out of the sources, such as `.git` folders'],
});

export function createdVersionJson({ version, stored, reused, skipped }: CreatedVersion): CreatedVersionJson {
  return {
    version: versionJson(version),
    stored: { bytes: stored.bytes, parts: stored.parts },
    reused: { bytes: reused.bytes, parts: reused.parts },
    skipped: [...skipped],
  };
}
