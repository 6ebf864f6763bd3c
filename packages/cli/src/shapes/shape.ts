/** A field of a JSON shape: its type as in TypeScript, and what it means. */
export type Field = readonly [type: string, meaning: string];

/** What the reference page says about a JSON shape. */
export interface ShapeDocument {
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
}

/** Documents every field of `T`; the compiler refuses a field that is missing or too many. */
export function documented<T>(name: string, fields: { readonly [K in keyof T]-?: Field }): ShapeDocument {
  return { name, fields: fields as Readonly<Record<string, Field>> };
}
