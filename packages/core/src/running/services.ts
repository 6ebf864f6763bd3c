import { CairnError } from '../errors.ts';
import type { Package } from '../packages/package.ts';
import { formatReference } from '../reference.ts';

type Serving = Pick<Package, 'model' | 'version' | 'manifest'>;

/**
 * The service that answers: the one named; else the only one, or the one called `main`; else `null`. Throws `invalid`
 * for one that is not there.
 */
export function chosenService(serving: Serving, named: string | undefined): string | null {
  const names = serving.manifest.services.map(({ name }) => name);
  if (named === undefined)
    return names.length === 1 ? names[0]! : (names.find((name) => name === 'main') ?? null);
  if (names.includes(named)) return named;
  const { model, version } = serving;
  throw new CairnError(
    'invalid',
    `${formatReference({ model, version })} has no service ${JSON.stringify(named)}`,
    {
      hint: `it has ${names.join(', ')}`,
      data: { service: named, services: names },
    },
  );
}
