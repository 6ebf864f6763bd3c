import type { TransferProgress } from '@cairn/store';
import type { TaskOptions } from '../progress.ts';

/** Tells how far one of several transfers has come. */
export type TransferListener = (progress: TransferProgress) => void;

/** Adds up transfers that run at the same time or one after the other: each is given a listener of its own. */
export function sharingProgress({ onProgress }: Pick<TaskOptions, 'onProgress'>): () => TransferListener {
  const transfers = new Map<number, TransferProgress>();
  let listeners = 0;
  return () => {
    const id = listeners;
    listeners += 1;
    return (progress) => {
      transfers.set(id, progress);
      const all = [...transfers.values()];
      const sum = (of: (each: TransferProgress) => number) =>
        all.reduce((total, each) => total + of(each), 0);
      onProgress?.({
        phase: progress.phase === 'sending' ? 'sending' : 'fetching',
        done: sum(({ bytes }) => bytes),
        total: all.some(({ bytesTotal }) => bytesTotal === null)
          ? 0
          : sum(({ bytesTotal }) => bytesTotal ?? 0),
        files: { done: sum(({ done }) => done), total: sum(({ total }) => total ?? 0) },
      });
    };
  };
}
