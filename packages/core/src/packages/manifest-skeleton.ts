import { CairnError } from '../errors.ts';
import { parsePackageManifest } from './manifest.ts';
import { type Framework, MANIFEST_SCHEMAS, type ManifestSchema } from './package-manifest.ts';

export interface NewManifestOptions {
  /** For people to read. */
  readonly name: string;
  /** For people to read. */
  readonly version: string;
  /** The newest when left out. */
  readonly schema?: ManifestSchema;
  /** Needed in v2023.1. */
  readonly framework?: Framework;
  /** Names of submodels, whose files stand in `models/<name>`; one with the name of the package when left out. */
  readonly submodels?: readonly string[];
  /** Names of services; `main` when left out. */
  readonly services?: readonly string[];
}

const NEWEST = MANIFEST_SCHEMAS[MANIFEST_SCHEMAS.length - 1]!;

/**
 * A manifest to begin with, as text, with the defaults of the reference system written out. Throws `invalid` when it
 * could not be used as it is, such as for a submodel whose name cannot name a folder.
 */
export function newPackageManifest(options: NewManifestOptions): string {
  const { schema = NEWEST } = options;
  if (!MANIFEST_SCHEMAS.includes(schema)) {
    throw new CairnError(
      'invalid',
      `there is no manifest schema ${schema}; expected ${MANIFEST_SCHEMAS.join(' or ')}`,
    );
  }
  const text = `${JSON.stringify(SKELETONS[schema](options), null, 2)}\n`;
  parsePackageManifest(text);
  return text;
}

const SKELETONS: Readonly<Record<ManifestSchema, (options: NewManifestOptions) => object>> = {
  'v2023.1': ({ name, version, framework, submodels, services }) => {
    if (submodels?.length || services?.length) {
      throw new CairnError('invalid', 'submodels and services are not known in the manifest schema v2023.1', {
        hint: 'leave them out, or take v2024.1',
      });
    }
    return { models: [{ name, version, framework, enc_model_cleanup: 'after-load' }] };
  },
  'v2024.1': ({ name, version, framework, submodels = [], services = [] }) => ({
    schema: 'v2024.1',
    name,
    version,
    in_memory_model_extraction: false,
    file_integrity_check: { models: 'skip', hooks: 'skip', src: 'skip', manifest: 'skip' },
    models: orElse(submodels, name).map((submodel) => ({
      name: submodel,
      framework,
      enc_model_cleanup: 'after-load',
    })),
    services: orElse(services, 'main').map((service) => ({ name: service })),
  }),
};

function orElse(names: readonly string[], usual: string): readonly string[] {
  return names.length > 0 ? names : [usual];
}
