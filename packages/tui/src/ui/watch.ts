import type { Ui } from './ui.ts';

/** How often others' changes are looked for, milliseconds. */
const INTERVAL_MS = 1_000;

/** Looks for changes by others, and lets the screen on top read again when there are any. */
export interface Watch {
  /** Looks once. */
  look(): Promise<void>;
  end(): void;
}

export function watchRegistry(ui: Ui): Watch {
  let known: { readonly models: string; readonly stamp: string } | null = null;
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      const models = ui.router.top().watches();
      const stamp = await ui.library.changeStamp(ui.registry, models);
      const before = known;
      known = { models: models.join(' '), stamp };
      // Another screen shows other models: what it shows was read when it was opened.
      if (before?.models === known.models && before.stamp !== stamp) ui.router.reread();
    } catch {
      // The next look may succeed; what cannot be read is told where it is read.
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), INTERVAL_MS);
  timer.unref();
  return { look, end: () => clearInterval(timer) };
}
