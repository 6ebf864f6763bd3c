export { type PackRefsOptions, packRefs } from './pack-refs.ts';
export type { PackedRef } from './packed-refs.ts';
export { type Head, listRefs, readHead, readRef } from './read-refs.ts';
export { isRefName } from './ref-name.ts';
export { type RefChange, updateRefs } from './update-refs.ts';
