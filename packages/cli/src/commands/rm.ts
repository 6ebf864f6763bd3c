import type { AliasOptions, Reference } from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';
import { moveOptions, REASON_OPTIONS, SIGN_OPTIONS } from '../arguments/change.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { cleanLine } from '../output/clean.ts';
import { confirm, note, print } from '../output/print.ts';
import { type OpenRegistry, withRegistryAsAuthor } from '../registry.ts';
import { removeOnRemote } from '../remote-removal.ts';
import { REMOTE_REMOVAL_SHAPE } from '../shapes/sharing.ts';
import { REMOVAL_SHAPE } from '../shapes/upkeep.ts';

export const rm = defineCommand({
  name: 'rm',
  group: 'Change',
  summary: 'remove a version, or a model with all its versions',
  details: [
    'Says how many bytes will come free, and asks. Without a terminal nobody can be asked, and --yes is needed.',
    'A version that an alias stands for stays, unless --force lets the alias go too. Where one is protected, a ' +
      'reason is needed as well. A model with a protected alias goes only with --force.',
  ],
  arguments: {
    reference: { placeholder: '<ref>', summary: 'model or model@version', completes: 'model@version' },
  },
  options: {
    yes: { short: 'y', summary: 'do not ask' },
    force: { summary: 'also a version that aliases stand for, and a model with a protected alias' },
    ...REASON_OPTIONS,
    ...SIGN_OPTIONS,
    remote: { summary: 'remove it where it is shared, and not here' },
    on: { value: 'name', summary: 'for --remote: which one; origin, or the only one, if left out' },
    'dry-run': { short: 'n', summary: 'only say what would be removed' },
  },
  examples: [
    { line: 'cairn rm stockpred@v1', does: 'removes a version, after asking' },
    { line: 'cairn rm stockpred --dry-run', does: 'says what removing the model would free' },
  ],
  json: [{ shape: REMOVAL_SHAPE }, { when: 'with --remote', shape: REMOTE_REMOVAL_SHAPE }],
  async run(context, { arguments: { reference }, options }) {
    return withRegistryAsAuthor(context, async (open) => {
      if (options.remote) return removeOnRemote(context, open, open.core.parseReference(reference), options);
      const plan = await planRemoval(open, reference, moveOptions(options));
      if (options['dry-run']) {
        const json = { ...plan.json, dryRun: true };
        await print(context, {
          json,
          text: () =>
            `would remove ${plan.what}, and free ${formatSize(plan.json.freed)}${later(plan.json)}\n`,
        });
        return EXIT.done;
      }
      if (!options.yes && !(await isWanted(context, plan))) {
        await note(context, 'nothing was removed');
        return EXIT.failed;
      }
      const { freed, pending } = await plan.carryOut();
      await confirm(context, {
        json: { ...plan.json, freed, pending, dryRun: false },
        text: () => `removed ${plan.what}: ${formatSize(freed)} freed${later({ pending })}`,
      });
      return EXIT.done;
    });
  },
});

/** Why bytes stay for now: a writer is at work, or something else in the repository is damaged. */
function later({ pending }: { readonly pending: boolean }): string {
  return pending ? ' with a later cairn gc, as the model is in use or damaged' : '';
}

interface Removal {
  readonly what: string;
  readonly json: {
    readonly model: string;
    readonly versions: readonly string[];
    readonly freed: number;
    readonly pending: boolean;
  };
  readonly carryOut: () => Promise<{ readonly freed: number; readonly pending: boolean }>;
}

async function planRemoval(open: OpenRegistry, text: string, how: AliasOptions): Promise<Removal> {
  const reference = open.core.parseReference(text);
  if (reference.path !== undefined) {
    throw usageError(`'${text}' is a file, and a version never changes`, 'a whole version can be removed');
  }
  return reference.version === undefined
    ? planModelRemoval(open, reference.model, how)
    : planVersionRemoval(open, { ...reference, version: reference.version }, how);
}

const NAMED_MAX = 5;

async function planModelRemoval(
  { core, registry }: OpenRegistry,
  model: string,
  { force = false }: AliasOptions,
): Promise<Removal> {
  const { versions, freed } = await core.planModelDeletion(registry, model);
  const named = versions.slice(0, NAMED_MAX).join(', ') + (versions.length > NAMED_MAX ? ', …' : '');
  const which =
    versions.length === 0
      ? 'which has no versions'
      : `with its ${formatCount(versions.length, 'version')} (${named})`;
  return {
    what: `the model ${model} ${which}`,
    json: { model, versions, freed, pending: false },
    carryOut: async () => ({ pending: false, ...(await core.deleteModel(registry, model, { force })) }),
  };
}

async function planVersionRemoval(
  { core, registry }: OpenRegistry,
  { model, version: named }: Reference & { readonly version: string },
  how: AliasOptions,
): Promise<Removal> {
  // What is asked about and what is removed must be the same version, also when a newer one comes in between.
  const { version, freed, pending } = await core.planVersionDeletion(registry, { model, version: named });
  return {
    what: `${model}@${version}`,
    json: { model, versions: [version], freed, pending },
    carryOut: () => core.deleteVersion(registry, { model, version }, how),
  };
}

async function isWanted({ terminal, signal }: Context, { what, json }: Removal): Promise<boolean> {
  if (!terminal.canAsk()) {
    throw new CommandError('refused', `${what} is not removed without being told so`, {
      hint: `--yes removes it and frees ${formatSize(json.freed)}; --dry-run only says what would be removed`,
    });
  }
  const question = cleanLine(`remove ${what}, and free ${formatSize(json.freed)}? [y/N] `);
  const answer = await terminal.ask(question, signal);
  return answer !== null && /^y(?:es)?$/i.test(answer.trim());
}
