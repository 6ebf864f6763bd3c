export { packRefs } from './pack-refs.ts';
export { listRefs, readHead, readRef } from './read-refs.ts';
export { isRefName } from './ref-name.ts';
export { type RefChange, updateRefs } from './update-refs.ts';
