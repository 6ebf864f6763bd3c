import type { Failure } from '../failure.ts';
import { cleanJson, cleanText } from './clean.ts';
import { styleFor } from './style.ts';

export interface FailureForm {
  readonly json: boolean;
  readonly colour: boolean;
}

/** A failure as it is printed on standard error, in either form. */
export function formatFailure({ code, message, hint }: Failure, { json, colour }: FailureForm): string {
  if (json) return `${cleanJson({ error: { code, message, hint } }, 0)}\n`;
  const style = styleFor(colour);
  const lines = [`${style.bad('cairn:')} ${cleanText(message)}`];
  if (hint !== null) lines.push(`  ${style.faint('hint:')} ${cleanText(hint)}`);
  return `${lines.join('\n')}\n`;
}
