import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findLeftovers, listLeases, listLocks, type Repository, settingsProblems } from '@cairn/store';
import { asCairnError, atBorder, type CairnError } from '../errors.ts';
import { type MainBranch, readMain, readNote } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { localFolder, modelsFolder, trashFolder } from '../registry/folders.ts';
import type { Registry } from '../registry/registry.ts';
import { versionTags } from '../versions/version-tags.ts';

export type FindingLevel = 'ok' | 'note' | 'warning' | 'problem';

/** One thing that was looked at, and what to do about it. */
export interface Finding {
  readonly level: FindingLevel;
  /** A model, or a part of the registry. */
  readonly subject: string;
  readonly message: string;
  readonly hint?: string;
}

/** Looks at a registry's health without reading any weights: repositories, settings, locks and leftovers. */
export function examineRegistry(registry: Registry): Promise<Finding[]> {
  return atBorder(async () => {
    const findings: Finding[] = [...(await examineFolder(registry)), ...(await examineLocal(registry))];
    for (const model of await modelNames(registry)) findings.push(...(await examineModel(registry, model)));
    if (!findings.some(({ level }) => level === 'warning' || level === 'problem')) {
      findings.unshift({ level: 'ok', subject: registry.name, message: `${registry.path} is in order` });
    }
    return findings;
  });
}

async function examineFolder(registry: Registry): Promise<Finding[]> {
  const known = new Set((await modelNames(registry)).map((name) => `${name}.git`));
  const entries = await readdir(modelsFolder(registry)).catch(() => []);
  return entries
    .filter((entry) => !known.has(entry))
    .map((entry) => ({
      level: 'warning',
      subject: join('models', entry),
      message: 'this is not a model',
      hint: 'move it out of the registry',
    }));
}

/** Deletions and creations that were cut short leave folders here. */
async function examineLocal(registry: Registry): Promise<Finding[]> {
  const findings: Finding[] = listLocks(localFolder(registry)).map(describeLock('registry'));
  if (statSync(localFolder(registry), { throwIfNoEntry: false })?.isDirectory() === false) {
    findings.push({
      level: 'problem',
      subject: '.cairn',
      message: 'this is no folder, so that models cannot be made or changed',
      hint: 'move it away; the folder is made when it is needed',
    });
  }
  const trash = await readdir(trashFolder(registry)).catch(() => []);
  if (trash.length > 0) {
    findings.push({
      level: 'note',
      subject: 'trash',
      message: `${trash.length} deleted models still take up room`,
      hint: 'free it with `cairn gc`',
    });
  }
  return findings;
}

async function examineModel(registry: Registry, model: string): Promise<Finding[]> {
  try {
    return await withModel(registry, model, async (repository) => [
      ...describeHolders(repository, model),
      ...describeLeftovers(repository, model),
      ...describeSettings(repository, model),
      ...(await describeContents(repository, registry, model)),
    ]);
  } catch (error) {
    return [problemOf(model, asCairnError(error))];
  }
}

function describeHolders({ gitDir }: Repository, model: string): Finding[] {
  const leases = listLeases(join(gitDir, 'cairn')).filter(({ state }) => state !== 'alive');
  const stale = leases.map(
    ({ path }): Finding => ({
      level: 'note',
      subject: model,
      message: `a writer that ended early left ${path}`,
      hint: 'it does no harm; the next collection removes it: `cairn gc`',
    }),
  );
  return [...stale, ...listLocks(gitDir).map(describeLock(model))];
}

function describeLock(subject: string) {
  return ({ path, state, ageMs }: ReturnType<typeof listLocks>[number]): Finding => {
    if (state === 'alive') return { level: 'note', subject, message: `${path} is held by a process at work` };
    if (state === 'dead') {
      return {
        level: 'note',
        subject,
        message: `${path} was left by a process that ended`,
        hint: 'the next command removes it',
      };
    }
    return {
      level: 'warning',
      subject,
      message: `${path} has been held for ${Math.round(ageMs / 1000)} s by something else than Cairn`,
      hint: 'if no Git process is running, remove the file',
    };
  };
}

function describeLeftovers(repository: Repository, model: string): Finding[] {
  const { count, bytes } = findLeftovers(repository.gitDir);
  if (count === 0) return [];
  return [
    {
      level: 'note',
      subject: model,
      message: `${count} temporary files take up ${bytes} bytes`,
      hint: 'free them with `cairn gc`, once they are an hour old',
    },
  ];
}

function describeSettings(repository: Repository, model: string): Finding[] {
  return settingsProblems(repository).map((message) => ({
    level: 'warning',
    subject: model,
    message,
    hint: `set it with \`git -C ${repository.gitDir} config\``,
  }));
}

async function describeContents(
  repository: Repository,
  registry: Registry,
  model: string,
): Promise<Finding[]> {
  const main = await readMain(repository, model);
  const tags = await versionTags(repository, registry, model);
  const names = new Set(tags.map(({ name }) => name));
  const unreadable = tags.flatMap(({ name, problem }) =>
    problem ? [problemOf(`${model}@${name}`, problem)] : [],
  );
  const dangling = Object.entries(main.document.aliases).flatMap(([alias, version]): Finding[] =>
    names.has(version)
      ? []
      : [
          {
            level: 'warning',
            subject: model,
            message: `the alias ${alias} stands for ${version}, which is not here`,
          },
        ],
  );
  return [...unreadable, ...(await describeNotes(repository, main, model)), ...dangling];
}

/** A list passes over notes that cannot be read. */
async function describeNotes(repository: Repository, main: MainBranch, model: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const version of main.notes.keys()) {
    try {
      await readNote(repository, main, version);
    } catch (error) {
      const { message } = asCairnError(error);
      const hint = `describe the version anew: \`cairn edit ${model}@${version} -d text\``;
      findings.push(problemOf(`${model}@${version}`, { message, hint }));
    }
  }
  return findings;
}

function problemOf(subject: string, { message, hint }: Pick<CairnError, 'message' | 'hint'>): Finding {
  return { level: 'problem', subject, message, ...(hint !== undefined && { hint }) };
}
