import type { ModelPull, ModelPush, PullReport, PushReport, SharingProblem } from '@cairn/core';
import { formatCount } from '@cairn/core/units';
import type { TaskOutcome } from '../tasks/task-store.ts';
import type { Ui } from '../ui/ui.ts';

/** What is to be shared: one model, or the whole registry; with one remote, or the usual one. */
export interface Shared {
  readonly model?: string;
  readonly remote?: string;
}

/** Begins to send what a remote does not have. */
export function startPushing(ui: Ui, shared: Shared): void {
  void ui.tasks.start({
    kind: 'push',
    subject: subjectOf(ui, shared),
    run: (task) => ui.library.push(ui.registry, { ...choiceOf(shared), ...task }),
    outcome: pushOutcome,
  });
}

/** Begins to bring what others have shared. */
export function startPulling(ui: Ui, shared: Shared): void {
  void ui.tasks.start({
    kind: 'pull',
    subject: subjectOf(ui, shared),
    run: (task) => ui.library.pull(ui.registry, { ...choiceOf(shared), ...task }),
    outcome: pullOutcome,
  });
}

function subjectOf({ registry }: Ui, { model }: Shared): string {
  return model ?? registry.name;
}

function choiceOf({ model, remote }: Shared) {
  return { ...(model !== undefined && { references: [model] }), ...(remote !== undefined && { remote }) };
}

function pushOutcome({ remote, registry, models }: PushReport): TaskOutcome {
  const versions = countOf(models);
  const edits = [registry, ...models].filter(({ main }) => main === 'sent').length;
  const sent =
    versions + edits === 0 ? `${remote} has everything` : `sent ${amountText(versions, edits)} to ${remote}`;
  return told(sent, problemsOf(registry, models));
}

function pullOutcome({ remote, registry, models, problems, unfiltered }: PullReport): TaskOutcome {
  const versions = countOf(models);
  const edits = [registry, ...models].filter(({ main }) => MOVED.has(main)).length;
  const came =
    versions + edits === 0
      ? `nothing new on ${remote}`
      : `brought ${amountText(versions, edits)} from ${remote}`;
  const aliases = models.flatMap(({ model, aliases: moved }) =>
    moved.map(({ alias, from, to }) => `${alias} of ${model}: ${from ?? 'none'} → ${to ?? 'none'}`),
  );
  const whole = unfiltered ? ['the server cannot leave weights out: all of them came'] : [];
  return told(came, [...problemsOf(registry, models), ...problems], [...aliases, ...whole]);
}

const MOVED: ReadonlySet<string> = new Set(['created', 'forwarded', 'merged']);

function countOf(models: readonly (ModelPush | ModelPull)[]): number {
  return models.reduce((sum, { versions }) => sum + versions.length, 0);
}

function amountText(versions: number, edits: number): string {
  const parts = [
    ...(versions > 0 ? [formatCount(versions, 'version')] : []),
    ...(edits > 0 ? [`edits of ${formatCount(edits, 'description')}`] : []),
  ];
  return parts.join(' and ');
}

type WithProblems = { readonly problems: readonly SharingProblem[] };

function problemsOf(registry: WithProblems, models: readonly WithProblems[]): SharingProblem[] {
  return [registry, ...models].flatMap(({ problems }) => problems);
}

/** The first line says it all, so it says that something is left to settle. */
function told(done: string, problems: readonly SharingProblem[], more: readonly string[] = []): TaskOutcome {
  const failures = problems.filter(({ isFailure }) => isFailure);
  const left = failures.length > 0 ? `; ${formatCount(failures.length, 'thing')} could not be done` : '';
  return {
    hasProblems: failures.length > 0,
    lines: [`${done}${left}`, ...more, ...problems.flatMap(problemLines)],
  };
}

function problemLines({ message, hint }: SharingProblem): string[] {
  return hint === null ? [message] : [message, `  ${hint}`];
}
