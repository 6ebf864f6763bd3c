import type { FindingJson } from '../shapes/upkeep.ts';

/** What is to be said about the running Node. One that is too old never comes this far. */
export function examineNode(version: string): FindingJson {
  return { level: 'ok', subject: 'node', message: `version ${version}`, hint: null };
}
