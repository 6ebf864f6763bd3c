import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { atBorder } from '../errors.ts';
import { modelFolder, modelsFolder } from './folders.ts';
import type { Registry } from './registry.ts';

/** What is renamed or replaced in a model's repository whenever one of its refs changes. */
const CHANGING = ['packed-refs', 'refs/tags', 'refs/heads', 'refs/heads/main'];

/** Folders looked at before others get their turn: the calls are synchronous, as that is ten times faster. */
const TURN_AFTER = 128;

/**
 * A text that is another one after anything in the registry, or in one model, was changed by anybody. Looks at the
 * times of a few files a model and reads none, so that it can be asked for again and again. Changes within the same
 * tick of a coarse clock can go unnoticed until the next one.
 *
 * @param models those to look at; of the others only that they come and go is noticed
 */
export function changeStamp(registry: Registry, models: readonly string[]): Promise<string> {
  return atBorder(async () => {
    const stamps = [stampOf(modelsFolder(registry))];
    for (const [index, model] of models.entries()) {
      if (index % TURN_AFTER === TURN_AFTER - 1) await setImmediate();
      const folder = modelFolder(registry, model);
      for (const name of CHANGING) stamps.push(stampOf(join(folder, name)));
    }
    return stamps.join(' ');
  });
}

function stampOf(path: string): string {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stat ? `${stat.ino}.${stat.mtimeNs}.${stat.ctimeNs}.${stat.size}` : '-';
  } catch {
    return '!';
  }
}
