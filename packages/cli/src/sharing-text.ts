import { formatCount, formatSize } from '@cairn/core/units';
import type { Context } from './context.ts';
import { EXIT } from './failure.ts';
import { cleanLine } from './output/clean.ts';
import { note } from './output/print.ts';
import type { ImportedBundleJson } from './shapes/lazy.ts';
import type { CloneJson, PullJson, PushJson, SharingProblemJson } from './shapes/sharing.ts';

/** Versions that are named in a line; of more, only the number is told. */
const NAMED_MAX = 8;

/** What a push has sent, a line each. */
export function pushText({ remote, url, registry, models, looked }: PushJson): string {
  const lines = models.flatMap(({ model, main, versions }) => {
    const sent = [
      ...(versions.length > 0 ? [namesOf(versions)] : []),
      ...(main === 'sent' ? ['its edits'] : []),
    ];
    return sent.length > 0 ? [`  ${cleanLine(model)}: ${sent.join(' and ')}`] : [];
  });
  if (registry.main === 'sent') lines.unshift("  the registry's own files");
  const counted = formatCount(looked, 'model');
  if (lines.length === 0)
    return `${isClear(registry, models) ? 'nothing to send' : 'nothing was sent'} to ${remote} from ${counted}`;
  return [`sent to ${remote}, ${cleanLine(url)}`, ...lines].join('\n');
}

/** What a pull has brought, a line each. */
export function pullText({ remote, url, registry, models, looked }: PullJson): string {
  const lines = models.flatMap(modelLines);
  if (registry.files.length > 0)
    lines.unshift(`  the registry's own files: ${cleanLine(namesOf(registry.files))}`);
  if (lines.length === 0) {
    const counted = formatCount(looked, 'model');
    return isClear(registry, models)
      ? `nothing new on ${remote} for ${counted}`
      : `nothing was brought from ${remote} for ${counted}`;
  }
  return [`brought from ${remote}, ${cleanLine(url)}`, ...lines].join('\n');
}

/** What the import of a bundle has brought, a line each. */
export function importedText({ file, models }: ImportedBundleJson): string {
  const lines = models.flatMap(modelLines);
  const name = cleanLine(file);
  if (lines.length > 0) return [`took over from ${name}`, ...lines].join('\n');
  return `${models.length === 0 ? 'there is no model' : 'nothing new'} in ${name}`;
}

/** What a clone has brought. Models are counted: all of them are new. */
export function cloneText({ path, url, models, lazy, resumed }: CloneJson): string {
  const versions = models.reduce((sum, model) => sum + model.versions.length, 0);
  const made = models.filter(({ main }) => main === 'created');
  const what = `${formatCount(made.length, 'model')} with ${formatCount(versions, 'version')}`;
  const verb = resumed ? 'went on with the clone of' : 'cloned';
  const later = lazy ? '; weights follow when they are needed' : '';
  return `${verb} ${cleanLine(url)} into ${cleanLine(path)}: ${what}${later}`;
}

interface Reported {
  readonly problems: readonly SharingProblemJson[];
}

/** Whether everything that was asked for was done. */
function isClear(registry: Reported, models: readonly Reported[]): boolean {
  return !allProblems({ registry, models }).some(({ failure }) => failure);
}

function modelLines({ model, main, versions, aliases }: PullJson['models'][number]): string[] {
  const brought = [
    ...(versions.length > 0 ? [namesOf(versions)] : []),
    ...(EDITS[main] ? [EDITS[main]] : []),
  ];
  const name = cleanLine(model);
  return [
    ...(brought.length > 0 ? [`  ${name}: ${brought.join(' and ')}`] : []),
    ...aliases.map(({ alias, from, to }) => `  ${name}: the alias ${alias} ${movedText(from, to)}`),
  ];
}

const EDITS: Readonly<Record<string, string>> = {
  created: 'the model itself',
  forwarded: 'edits',
  merged: 'edits, merged with those made here',
};

function movedText(from: string | null, to: string | null): string {
  if (to === null) return `is no more; it stood for ${from}`;
  return from === null ? `stands for ${to}` : `moved from ${from} to ${to}`;
}

function namesOf(names: readonly string[]): string {
  const named = names.slice(0, NAMED_MAX).join(', ');
  return names.length <= NAMED_MAX ? named : `${named} and ${names.length - NAMED_MAX} more`;
}

/** Says what could not be settled, on standard error. Gives the exit code. */
export async function noteProblems(
  context: Context,
  problems: readonly SharingProblemJson[],
): Promise<number> {
  // Where JSON is wanted they are in it.
  if (!context.globals.json) for (const problem of problems) await note(context, problemText(problem));
  return problems.some(({ failure }) => failure) ? EXIT.refused : EXIT.done;
}

interface Report extends Partial<Reported> {
  readonly registry: Reported;
  readonly models: readonly Reported[];
}

/** All problems of a report, those of the registry itself first. */
export function allProblems({ registry, models, problems = [] }: Report): SharingProblemJson[] {
  return [...registry.problems, ...models.flatMap((model) => model.problems), ...problems];
}

function problemText({ failure, message, hint, ours, theirs, conflicts }: SharingProblemJson): string {
  const lines = [`${failure ? 'problem' : 'note'}: ${cleanLine(message)}`];
  if (ours ?? theirs) lines.push(`  here:  ${sideText(ours)}`, `  there: ${sideText(theirs)}`);
  for (const conflict of conflicts) {
    lines.push(`  ${cleanLine(conflict.field)}`);
    lines.push(`    here:  ${valueText(conflict.ours)}`, `    there: ${valueText(conflict.theirs)}`);
  }
  if (hint !== null) lines.push(`  hint: ${cleanLine(hint)}`);
  return lines.join('\n');
}

function sideText(side: SharingProblemJson['ours']): string {
  if (side === null) return 'could not be looked at';
  const { tag, contents, files, size, createdAt, createdBy } = side;
  const what = `${formatCount(files, 'file')}, ${formatSize(size)}, ${createdAt} by ${createdBy.name}`;
  return cleanLine(`${tag.slice(0, 12)} (contents ${contents.slice(0, 12)}): ${what}`);
}

/** Characters of a value that a line shows. */
const VALUE_MAX = 120;

function valueText(value: string | null): string {
  if (value === null) return '(none)';
  const line = cleanLine(value);
  return line.length <= VALUE_MAX ? line : `${line.slice(0, VALUE_MAX)}…`;
}

/** Said where a clone was to be lazy, and everything came. */
export const UNFILTERED =
  'note: that server cannot leave anything out, so that the weights came too\n' +
  '  hint: whoever looks after it can allow it: git config uploadpack.allowFilter true';
