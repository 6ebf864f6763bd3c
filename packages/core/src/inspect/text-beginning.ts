/** As much of a text as is shown, bytes. */
export const TEXT_BEGINNING_SIZE = 2 ** 16;

/** Any control that texts do not hold. */
const CONTROL = /[^\P{Cc}\t\n\f\r]/u;

/** The bytes as text, when they are the beginning of one in UTF-8; else `null`. A character that is cut is left out. */
export function textBeginning(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return CONTROL.test(text) ? null : text;
  } catch {
    return null;
  }
}
