/**
 * The words of a bash command line that is still being typed, unquoted; the last one, which may be empty, is where
 * the cursor is. A quote that is still open runs to the end. Expansions are left as they stand.
 */
export function splitShellLine(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let begun = false;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (quote === "'" ? character === "'" : quote === '"' && character === '"') {
      quote = '';
    } else if (character === '\\' && quote !== "'" && at + 1 < line.length) {
      at++;
      word += line[at];
      begun = true;
    } else if (quote === '' && (character === "'" || character === '"')) {
      quote = character;
      begun = true;
    } else if (quote === '' && /[ \t\n]/.test(character)) {
      if (begun) words.push(word);
      word = '';
      begun = false;
    } else {
      word += character;
      begun = true;
    }
  }
  return [...words, word];
}
