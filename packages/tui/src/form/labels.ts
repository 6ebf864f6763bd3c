/** `task=regression owner="team a"` as labels: words with an equals sign, a value with spaces in quotes. */
export function parseLabels(text: string): Record<string, string> | null {
  const labels: Record<string, string> = {};
  for (const word of text.match(WORD) ?? []) {
    const match = LABEL.exec(word);
    if (!match) return null;
    labels[match[1]!] = match[2] === undefined ? match[3]! : match[2];
  }
  return labels;
}

export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${/\s|^$|"/.test(value) ? `"${value.replaceAll('"', "'")}"` : value}`)
    .join(' ');
}

const WORD = /(?:[^\s"]|"[^"]*")+/g;
const LABEL = /^([^=\s]+)=(?:"([^"]*)"|(.*))$/;

export const LABELS_PROBLEM = 'write key=value, with spaces between; a value with spaces in quotes';
