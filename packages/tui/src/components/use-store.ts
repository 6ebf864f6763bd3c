import { useSyncExternalStore } from 'react';

/** Draws again whenever a store outside of React changes, and gives what it holds. */
export function useStore<Value>(store: {
  snapshot(): Value;
  subscribe(changed: () => void): () => void;
}): Value {
  return useSyncExternalStore(store.subscribe, store.snapshot);
}
