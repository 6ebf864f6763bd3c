import { devNull } from 'node:os';

/** The environment of Git on the server's side: no settings but those given, which stand in for its configuration. */
export function serverVariables(
  settings: Readonly<Record<string, string>> = {},
): Record<string, string | undefined> {
  const entries = Object.entries({ 'safe.directory': '*', ...settings });
  return {
    PATH: process.env.PATH,
    HOME: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    LC_ALL: 'C',
  };
}

/** Whether clones may leave out objects, and ask for them by id later. */
export function filterSettings(filters: boolean): Record<string, string> {
  const value = String(filters);
  return { 'uploadpack.allowFilter': value, 'uploadpack.allowAnySHA1InWant': value };
}
