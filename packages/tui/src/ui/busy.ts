/** Counts what is under way, so that one can wait for it to end instead of for some time. */
export interface Busy {
  /** Runs something that counts as under way until it ends. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createBusy(): Busy {
  let count = 0;
  const waiting: (() => void)[] = [];
  return {
    during: async (work) => {
      count += 1;
      try {
        return await work();
      } finally {
        count -= 1;
        if (count === 0) for (const resolve of waiting.splice(0)) resolve();
      }
    },
    idle: async () => {
      while (count > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
