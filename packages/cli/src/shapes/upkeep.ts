import type { CollectionReport, Finding, takeOut, Verification } from '@cairn/core';
import { documented } from './shape.ts';
import { type SignatureJson, signatureJson } from './signing.ts';

/** What `cairn get` has done, as `--json` prints it. */
export interface TakenOutJson {
  readonly destination: string;
  readonly files: number;
  readonly bytes: number;
  readonly unchanged: number;
}

export const TAKEN_OUT_SHAPE = documented<TakenOutJson>('TakenOut', {
  destination: ['string', 'the folder the files are in'],
  files: ['number', 'how many files were written'],
  bytes: ['number', 'bytes that were written'],
  unchanged: ['number', 'how many files were there already, with the right content'],
});

export function takenOutJson(taken: Awaited<ReturnType<typeof takeOut>>): TakenOutJson {
  return {
    destination: taken.destination,
    files: taken.files,
    bytes: taken.bytes,
    unchanged: taken.unchanged,
  };
}

/** What `cairn verify` found in a version, as `--json` prints it. */
export interface VerificationJson {
  readonly model: string;
  readonly version: string | null;
  readonly ok: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly opened: boolean | null;
  readonly signature: SignatureJson | null;
  readonly problems: readonly {
    readonly path: string | null;
    readonly code: string;
    readonly message: string;
  }[];
}

export const VERIFICATION_SHAPE = documented<VerificationJson>('Verification', {
  model: ['string', 'the model'],
  version: ['string \\| null', 'the version; null when the model itself cannot be read'],
  ok: ['boolean', 'whether every file is what was added'],
  files: ['number', 'how many files were checked: of what is in a sealed version where it was opened'],
  bytes: ['number', 'bytes in those files'],
  opened: [
    'boolean \\| null',
    'whether a sealed version was opened, and checked to its last byte; null for one that is not sealed',
  ],
  signature: ['Signature \\| null', 'who signed it; null when nobody has'],
  problems: ['{ path, code, message }[]', 'what is wrong; the path is null where it is not about one file'],
});

export function verificationJson(verification: Verification): VerificationJson {
  const { model, version, ok, files, bytes, opened, signature, problems } = verification;
  return {
    model,
    version,
    ok,
    files,
    bytes,
    opened,
    signature: signature ? signatureJson(signature) : null,
    problems: problems.map(({ path, code, message }) => ({ path: path ?? null, code, message })),
  };
}

/** What `cairn rm` has done, or would do, as `--json` prints it. */
export interface RemovalJson {
  readonly model: string;
  readonly versions: readonly string[];
  readonly freed: number;
  readonly pending: boolean;
  readonly dryRun: boolean;
}

export const REMOVAL_SHAPE = documented<RemovalJson>('Removal', {
  model: ['string', 'the model'],
  versions: ['string[]', 'the versions that are removed'],
  freed: ['number', 'bytes that come free on the disk'],
  pending: [
    'boolean',
    'whether bytes come free only with a later `cairn gc`, because a writer is at work or something is damaged',
  ],
  dryRun: ['boolean', 'whether nothing was done'],
});

/** What `cairn gc` has done, or would do, as `--json` prints it. */
export interface CollectionJson {
  readonly freed: number;
  readonly dryRun: boolean;
  readonly models: readonly {
    readonly model: string;
    readonly freed: number;
    readonly objects: number;
    readonly packsDropped: number;
    readonly packsRewritten: number;
    readonly skipped: string | null;
  }[];
}

export const COLLECTION_SHAPE = documented<CollectionJson>('Collection', {
  freed: ['number', 'bytes that come free on the disk'],
  dryRun: ['boolean', 'whether nothing was done'],
  models: [
    '{ model, freed, objects, packsDropped, packsRewritten, skipped }[]',
    'the same for each model; `skipped` says why nothing was done to it, and is null otherwise',
  ],
});

export function collectionJson({ freed, models }: CollectionReport, dryRun: boolean): CollectionJson {
  return {
    freed,
    dryRun,
    models: models.map((each) => ({
      model: each.model,
      freed: each.freed,
      objects: each.objects,
      packsDropped: each.packsDropped,
      packsRewritten: each.packsRewritten,
      skipped: each.skipped ?? null,
    })),
  };
}

/** One thing that `cairn doctor` looked at, as `--json` prints it. */
export interface FindingJson {
  readonly level: string;
  readonly subject: string;
  readonly message: string;
  readonly hint: string | null;
}

export const FINDING_SHAPE = documented<FindingJson>('Finding', {
  level: ['"ok" \\| "note" \\| "warning" \\| "problem"', 'how bad it is'],
  subject: ['string', 'what was looked at'],
  message: ['string', 'what was found'],
  hint: ['string \\| null', 'what to do about it'],
});

export function findingJson({ level, subject, message, hint }: Finding): FindingJson {
  return { level, subject, message, hint: hint ?? null };
}

/** What `cairn rename` has done, as `--json` prints it. */
export interface RenamedJson {
  readonly from: string;
  readonly to: string;
}

export const RENAMED_SHAPE = documented<RenamedJson>('Renamed', {
  from: ['string', 'the reference that was'],
  to: ['string', 'the reference that is'],
});
