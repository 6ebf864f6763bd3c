import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseTrace, type Strike, type TracedCall } from '@cairn/testkit/faults/faults.js';
import { type Ended, runScript } from './children.ts';
import type { Operation, Outcome } from './operations.ts';
import type { Workshop } from './registries.ts';
import { filesBelow, type RegistryState, soundRegistry } from './soundness.ts';

/** A copy of a registry that something happens to, with room of its own beside it. */
export interface Site {
  readonly folder: string;
  readonly registry: string;
  /** Where versions are taken out to. */
  readonly out: string;
}

/** Something that is done to a site, while something goes wrong. */
export interface Trial {
  readonly name: string;
  readonly operation: (site: Site) => Operation;
  /** What is there before, besides the copy of the registry. */
  readonly prepare?: (site: Site) => void;
  /** What the same operation says once it has been done. */
  readonly onceDone: Outcome['code'];
  /** Whether a state is sound that is neither the one before nor the one after. */
  readonly isBetween?: (state: SiteState, course: Course) => boolean;
  /** What else must hold in the end. */
  readonly afterwards?: (site: Site) => Promise<void>;
  /** The work is shared by threads, so that no two runs are alike. */
  readonly threaded?: boolean;
  /** How many points are tried at most. */
  readonly pointsMax: number;
}

export interface SiteState {
  readonly registry: RegistryState;
  /** What has been taken out; null when there is no such folder. */
  readonly out: Readonly<Record<string, string>> | null;
}

/** What an undisturbed run does. */
export interface Course {
  readonly trace: readonly TracedCall[];
  readonly before: SiteState;
  readonly after: SiteState;
}

export async function stateOf({ registry, out }: Site): Promise<SiteState> {
  return { registry: await soundRegistry(registry), out: filesBelow(out) };
}

/** Runs the operation undisturbed, and tells what it did. */
export async function courseOf(workshop: Workshop, trial: Trial): Promise<Course> {
  return atSite(workshop, { trial, name: 'course' }, async (site) => {
    const before = await stateOf(site);
    const { outcome, trace } = await attempt(site, trial);
    if (outcome?.code !== 'done')
      throw new Error(`undisturbed, ${trial.name} says ${JSON.stringify(outcome)}`);
    return { trace, before, after: await stateOf(site) };
  });
}

export interface Attempt {
  readonly ended: Ended;
  readonly trace: readonly TracedCall[];
  /** Null when the process was killed. */
  readonly outcome: Outcome | null;
}

/** Carries out the operation of a trial in a process of its own. */
export async function attempt(site: Site, trial: Trial, strike?: Strike): Promise<Attempt> {
  const trace = join(site.folder, 'trace');
  const args = [site.registry, JSON.stringify(trial.operation(site))];
  const ended = await runScript('perform-operation', args, { faults: { trace, ...(strike && { strike }) } });
  const calls = existsSync(trace) ? parseTrace(readFileSync(trace, 'utf8')) : [];
  rmSync(trace, { force: true });
  if (ended.signal === 'SIGKILL') return { ended, trace: calls, outcome: null };
  if (ended.status !== 0) throw new Error(`the process ended with ${ended.status}: ${ended.stderr}`);
  return { ended, trace: calls, outcome: JSON.parse(ended.stdout) as Outcome };
}

/** Gives an action a fresh copy of a registry, which is kept for a look at it when the action fails. */
export async function atSite<T>(
  workshop: Workshop,
  { trial, name }: { readonly trial: Trial; readonly name: string },
  action: (site: Site) => Promise<T>,
): Promise<T> {
  const folder = join(workshop.folder, `${trial.name.replaceAll(/\W+/g, '-')}-${name}`);
  const site = { folder, registry: join(folder, 'registry'), out: join(folder, 'out') };
  mkdirSync(folder);
  cpSync(workshop.path, site.registry, { recursive: true });
  trial.prepare?.(site);
  const result = await action(site);
  rmSync(folder, { recursive: true, force: true });
  return result;
}

/** The same; gives what an expectation that failed says, or null. */
export async function failureAt(
  workshop: Workshop,
  place: { readonly trial: Trial; readonly name: string },
  check: (site: Site) => Promise<void>,
): Promise<string | null> {
  try {
    await atSite(workshop, place, check);
    return null;
  } catch (error) {
    return error instanceof Error ? withDifference(error) : String(error);
  }
}

function withDifference(error: Error): string {
  if (!('actual' in error)) return String(error.stack);
  return `${error.message}; got ${JSON.stringify(error.actual)}`;
}

/** Does something with each item, as many at a time as there are processors. */
export async function eachInLanes<T>(
  items: readonly T[],
  action: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) await action(items[index]!, index);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}
