import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { readBounded } from '../files/bounded.ts';
import { type Config, parseConfig } from './config-text.ts';

/** Bytes: thousands of settings, where a model has about twenty. */
const CONFIG_SIZE_MAX = 1024 * 1024;

/** The configuration of one repository, without the user's and the system's. Throws `damaged`, `not-found`. */
export function readConfig(gitDir: string): Config {
  try {
    return parseConfig(readConfigText(gitDir));
  } catch (error) {
    if (!(error instanceof StoreError) || error.data.line === undefined) throw error;
    const { code, message, data } = error;
    throw new StoreError(code, `${configPath(gitDir)}: ${message}`, { data, cause: error });
  }
}

/** The text of the configuration file. */
export function readConfigText(gitDir: string): string {
  const path = configPath(gitDir);
  const bytes = readBounded(path, CONFIG_SIZE_MAX);
  if (bytes === null) throw new StoreError('not-found', `${path}: no such file`);
  return bytes.toString();
}

function configPath(gitDir: string): string {
  return join(gitDir, 'config');
}
