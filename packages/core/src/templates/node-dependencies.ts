import { join } from 'node:path';
import { readSmallText } from '../sources/small-text.ts';

/** Longest `package.json` that is looked at, bytes. */
const PACKAGE_JSON_SIZE_MAX = 1024 * 1024;

/** `package.json` for a package in a folder: the dependencies that its code says of itself. */
export async function packageJsonText(folder: string): Promise<string> {
  const stated = await Promise.all(['hooks', 'src'].map((place) => dependenciesIn(join(folder, place))));
  return `${JSON.stringify({ private: true, dependencies: Object.assign({}, ...stated) }, null, 2)}\n`;
}

async function dependenciesIn(folder: string): Promise<Record<string, string>> {
  const text = await readSmallText(join(folder, 'package.json'), PACKAGE_JSON_SIZE_MAX);
  const dependencies = objectIn(text === null ? null : parsed(text), 'dependencies');
  const entries = Object.entries(dependencies).filter(([, version]) => typeof version === 'string');
  return Object.fromEntries(entries) as Record<string, string>;
}

/** A file of the package that is not JSON says nothing; the hooks may not even look at it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function objectIn(value: unknown, field: string): object {
  const found =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : null;
  return typeof found === 'object' && found !== null ? found : {};
}
