import type { BuiltTemplate, ContainerEngine } from '@cairn/core';
import { documented } from './shape.ts';

/** What `cairn build` has written, as `--json` prints it. */
export interface BuiltJson {
  readonly model: string;
  readonly version: string;
  readonly template: string;
  readonly folder: string;
  readonly image: string;
  readonly engine: string | null;
  readonly plaintext: boolean;
  readonly notes: readonly string[];
}

export const BUILT_SHAPE = documented<BuiltJson>('Built', {
  model: ['string', 'the model'],
  version: ['string', 'the version'],
  template: [
    '"bento" \\| "docker" \\| "node"',
    'what serves it: BentoML, or its hooks in Python or for Node',
  ],
  folder: ['string', 'the folder that was written'],
  image: ['string', 'the name and tag of its image'],
  engine: ['string \\| null', 'what has built the image; null without --run'],
  plaintext: ['boolean', 'whether the version is sealed, and lies in the folder in the clear'],
  notes: ['string[]', 'what is worth knowing before the image is built'],
});

export function builtJson(built: BuiltTemplate, engine: ContainerEngine | null): BuiltJson {
  const { model, version, template, destination: folder, image, type, notes } = built;
  return { model, version, template, folder, image, engine, plaintext: type === 'packaged-encrypted', notes };
}
