/**
 * A name that follows the last one: its last number counted up (`v3`, `v4`; `1.2.9`, `1.2.10`), else `-2` behind it.
 *
 * @param versions those there are, newest first
 */
export function suggestVersionName(versions: readonly string[]): string {
  const [newest] = versions;
  if (newest === undefined) return 'v1';
  const taken = new Set(versions.map((name) => name.toLowerCase()));
  let name = newest;
  do name = following(name);
  while (taken.has(name.toLowerCase()));
  return name;
}

function following(name: string): string {
  const match = /^(.*?)(\d+)(\D*)$/.exec(name);
  if (!match || match[2]!.length > 15) return `${name}-2`;
  const [, before, digits, after] = match as unknown as [string, string, string, string];
  const next = String(Number(digits) + 1).padStart(digits.length, '0');
  return `${before}${next}${after}`;
}
