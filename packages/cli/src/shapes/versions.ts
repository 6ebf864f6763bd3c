import type { CreatedVersion, Version, VersionFile, VersionSealing } from '@cairn/core';
import { type IdentityJson, identityJson } from './identity.ts';
import { documented } from './shape.ts';
import { type SignatureJson, signatureJson } from './signing.ts';

/** A file of a version, as `--json` prints it. */
export interface VersionFileJson {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly executable: boolean;
  readonly parted: boolean;
  readonly present: number | null;
}

export const VERSION_FILE_SHAPE = documented<VersionFileJson>('VersionFile', {
  path: ['string', 'its path inside the version'],
  size: ['number', 'bytes'],
  sha256: ['string', 'SHA-256 of its bytes, in hexadecimal'],
  executable: ['boolean', 'whether it is taken out executable'],
  parted: ['boolean', 'whether it is stored in parts'],
  present: [
    'number \\| null',
    'how many of its bytes are here; null where that was not looked at, and of a file in a sealed version',
  ],
});

export function versionFileJson(file: VersionFile): VersionFileJson {
  const { path, size, sha256, executable, parted, present } = file;
  return { path, size, sha256, executable, parted, present: present ?? null };
}

/** How a version is sealed, as `--json` prints it. */
export interface SealingJson {
  readonly keyDomain: string;
  readonly slots: readonly { readonly kind: string; readonly logN: number | null }[];
  readonly revision: number;
  readonly sealedAs: { readonly model: string; readonly version: string };
  readonly contents: {
    readonly manifest: string | null;
    readonly files: readonly VersionFileJson[];
    readonly size: number;
  } | null;
}

export const SEALING_SHAPE = documented<SealingJson>('Sealing', {
  keyDomain: ['string', 'the id of its key domain, which all that one data key seals has in common'],
  slots: [
    '{ kind, logN }[]',
    'what opens it: each is a `key` or a `passphrase`, with the cost of one guess as a power of two, or null',
  ],
  revision: ['number', 'how often the slots were changed'],
  sealedAs: [
    '{ model, version }',
    'what it was called when it was sealed; a model can have been renamed since',
  ],
  contents: [
    '{ manifest, files, size } \\| null',
    'what is in it: the text of its `manifest.json`, its files (`VersionFile[]`) and their bytes; null unless it was opened',
  ],
});

function sealingJson(sealing: VersionSealing): SealingJson {
  const { keyDomain, slots, revision, sealedAs, contents } = sealing;
  return {
    keyDomain,
    slots: slots.map(({ kind, logN }) => ({ kind, logN })),
    revision,
    sealedAs: { model: sealedAs.model, version: sealedAs.version },
    contents: contents && {
      manifest: contents.manifest,
      files: contents.files.map(versionFileJson),
      size: contents.size,
    },
  };
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
  readonly sealing: SealingJson | null;
  readonly signature: SignatureJson | null;
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
  files: ['VersionFile[]', 'its files as they are stored: path, size, sha256, executable, parted'],
  sealing: ['Sealing \\| null', 'how it is sealed; null unless its type is packaged-encrypted'],
  signature: [
    'Signature \\| null',
    'who signed it: state, signer, key, problem; null unless it is what was asked for, as by cairn show',
  ],
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
    sealing: version.sealing && sealingJson(version.sealing),
    signature: version.signature ? signatureJson(version.signature) : null,
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
  readonly codeDigest: string | null;
  readonly newKey: { readonly name: string; readonly path: string; readonly fingerprint: string } | null;
}

export const CREATED_VERSION_SHAPE = documented<CreatedVersionJson>('CreatedVersion', {
  version: ['Version', 'the new version'],
  stored: ['{ bytes, parts }', 'what is new in the repository'],
  reused: ['{ bytes, parts }', 'what was there already'],
  skipped: ['string[]', 'what was left out of the sources, such as `.git` folders'],
  codeDigest: ['string \\| null', 'what trust in the code of a package is remembered by, in hexadecimal'],
  newKey: ['{ name, path, fingerprint } \\| null', 'the key that was made for the model'],
});

export function createdVersionJson(created: CreatedVersion): CreatedVersionJson {
  const { version, stored, reused, skipped, codeDigest, newKey } = created;
  return {
    version: versionJson(version),
    stored: { bytes: stored.bytes, parts: stored.parts },
    reused: { bytes: reused.bytes, parts: reused.parts },
    skipped: [...skipped],
    codeDigest,
    newKey: newKey && { name: newKey.name, path: newKey.path, fingerprint: newKey.fingerprint },
  };
}
