import type { ObjectId, Repository } from '@cairn/store';
import type { Identity } from '../environment.ts';
import { atBorder, CairnError } from '../errors.ts';
import type { Unlock } from '../keys/unlock.ts';
import { presentBytes } from '../lazy/presence.ts';
import { withModel } from '../models/model-repository.ts';
import { LATEST } from '../names.ts';
import { parseReference, type Reference } from '../reference.ts';
import type { Registry } from '../registry/registry.ts';
import type { VersionFileEntry, VersionSource, VersionType } from '../schema/version.ts';
import type { Sealing } from '../sealing/describe.ts';
import { checkSignature } from '../signing/check.ts';
import type { SignatureCheck } from '../signing/verdict.ts';
import { toldOnMain } from './told-on-main.ts';
import {
  readStoredVersion,
  resolveVersionName,
  type StoredVersion,
  type VersionTarget,
  whileItStands,
} from './version-repository.ts';
import { latestOf, versionTags } from './version-tags.ts';

export interface VersionFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly executable: boolean;
  /** Whether it is stored as parts rather than as one blob. */
  readonly parted: boolean;
  /** Bytes of it that are here, where a lazy clone may not have all; left out unless it was asked for. */
  readonly present?: number;
}

/** All that is known of a version. */
export interface Version {
  readonly model: string;
  readonly version: string;
  readonly type: VersionType;
  readonly createdAt: string;
  readonly createdBy: Identity;
  readonly description: string;
  readonly base: string | null;
  readonly sources: readonly VersionSource[];
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly framework: string | null;
  readonly files: readonly VersionFile[];
  /** Bytes of all files. */
  readonly size: number;
  /** How it is sealed; `null` unless its type is `packaged-encrypted`. */
  readonly sealing: VersionSealing | null;
  readonly latest: boolean;
  readonly aliases: readonly string[];
  /** Who signed it; left out unless that was asked for. */
  readonly signature?: SignatureCheck;
  /** Ids of the Git objects behind it. */
  readonly tag: ObjectId;
  readonly commit: ObjectId;
}

/** How a version is sealed, and what it holds once it is opened. */
export interface VersionSealing extends Omit<Sealing, 'contents'> {
  /** `null` unless there was something to open it with. */
  readonly contents: OpenedContents | null;
}

export interface OpenedContents {
  /** The text of the package's `manifest.json`; `null` where it has none. */
  readonly manifest: string | null;
  readonly files: readonly VersionFile[];
  /** Bytes of all of them. */
  readonly size: number;
}

export interface ShowVersionOptions {
  /** What a sealed version is opened with, to show what it holds. */
  readonly unlock?: Unlock;
  /** Whether to say of each stored file how much of it is here, for which a lazy clone lists its parts. */
  readonly presence?: boolean;
  /** Whether to check who signed it, which runs other programs where it is signed. */
  readonly signature?: boolean;
}

/** A reference as text, or read already. Without a version it means the newest. */
export type ReferenceInput = string | Reference;

/**
 * All of a version: the one named, what an alias stands for, or the newest. Reads no weights, and fetches nothing. Throws `wrong-key` when
 * it is sealed and does not open with what was given.
 */
export function showVersion(
  registry: Registry,
  reference: ReferenceInput,
  { unlock, presence = false, signature = false }: ShowVersionOptions = {},
): Promise<Version> {
  return atBorder(() =>
    withVersion(registry, reference, async (repository, target, stored) => {
      const { model } = target;
      const told = await toldOnMain(repository, model);
      const latest = latestOf(await versionTags(repository, registry, model));
      return {
        ...describe(model, stored),
        ...(presence && { files: await filesWithPresence(repository, target, stored) }),
        description: (await told.noteOn(stored.name)) ?? stored.document.description,
        sealing: await sealingOf(repository, { target, stored }, unlock),
        latest: latest?.name === stored.name,
        aliases: told.aliasesOf(stored.name),
        ...(signature && { signature: await signatureOf(registry, repository, { target, stored }) }),
      };
    }),
  );
}

function signatureOf(
  registry: Registry,
  repository: Repository,
  { target: { model, version }, stored }: { readonly target: VersionTarget; readonly stored: StoredVersion },
): Promise<SignatureCheck> {
  return checkSignature(registry, repository, { id: stored.tag, what: `${model}@${version}` });
}

async function filesWithPresence(
  repository: Repository,
  { model, version }: VersionTarget,
  stored: StoredVersion,
): Promise<VersionFile[]> {
  const present = await presentBytes(repository, stored, `${model}@${version}`);
  return stored.document.files.map((file, index) => ({ ...describeFile(file), present: present[index]! }));
}

async function sealingOf(
  repository: Repository,
  version: { readonly target: VersionTarget; readonly stored: StoredVersion },
  unlock: Unlock | undefined,
): Promise<VersionSealing | null> {
  if (version.stored.document.type !== 'packaged-encrypted') return null;
  const { describeSealing } = await import('../sealing/describe.ts');
  const sealing = await describeSealing(repository, version, unlock);
  if (sealing.contents === null) return { ...sealing, contents: null };
  const { manifest } = sealing.contents;
  return { ...sealing, contents: { manifest, ...described(sealing.contents.files) } };
}

/** Runs an operation on a version whose files have been checked to be harmless. */
export async function withVersion<T>(
  registry: Registry,
  reference: ReferenceInput,
  operation: (repository: Repository, target: VersionTarget, stored: StoredVersion) => Promise<T>,
): Promise<T> {
  const { model, version = LATEST } = typeof reference === 'string' ? parseReference(reference) : reference;
  return withModel(registry, model, async (repository) => {
    const name = await resolveVersionName(repository, registry, { model, version });
    const target = { model, version: name };
    return whileItStands(repository, target, async () =>
      operation(repository, target, await readStoredVersion(repository, target)),
    );
  });
}

/** The reference as it must be for an operation on one version alone: with a version, without a path. */
export function versionReference(reference: ReferenceInput): VersionTarget {
  const { model, version, path } = typeof reference === 'string' ? parseReference(reference) : reference;
  if (version === undefined || path !== undefined) {
    throw new CairnError(
      'invalid',
      `expected model@version, got ${typeof reference === 'string' ? reference : model}`,
      {
        hint: 'name one version, such as stockpred@v3',
      },
    );
  }
  return { model, version };
}

/** The reference as it must be where no path is meant: a version, or the newest. */
export function versionOrLatest(reference: ReferenceInput): Reference {
  const parsed = typeof reference === 'string' ? parseReference(reference) : reference;
  if (parsed.path === undefined) return parsed;
  throw new CairnError('invalid', `expected a version, got the file ${parsed.path} of one`, {
    hint: 'use `cairn cat` for one file, or --only',
  });
}

function describe(model: string, { name, tag, commit, document }: StoredVersion) {
  const { type, createdAt, createdBy, base, sources, params, metrics, labels, framework } = document;
  return {
    model,
    version: name,
    ...{ type, createdAt, createdBy, base, sources, params, metrics, labels, framework },
    ...described(document.files),
    tag,
    commit,
  };
}

function described(entries: readonly VersionFileEntry[]): Pick<Version, 'files' | 'size'> {
  const files = entries.map(describeFile);
  return { files, size: files.reduce((sum, { size }) => sum + size, 0) };
}

function describeFile({ path, size, sha256, executable, parts }: VersionFileEntry): VersionFile {
  return { path, size, sha256, executable: executable ?? false, parted: parts !== undefined };
}
