/** A value that changes, outside of React. */
export interface Store<Value> {
  snapshot(): Value;
  set(value: Value): void;
  /** Gives the function that ends it. */
  subscribe(changed: () => void): () => void;
}

export function createStore<Value>(start: Value): Store<Value> {
  let value = start;
  const listeners = new Set<() => void>();
  return {
    snapshot: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const changed of listeners) changed();
    },
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
