type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The same without the keys whose value is `undefined`: the library tells an option left out from one given. */
export function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
