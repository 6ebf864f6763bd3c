import type { SignatureJson } from './shapes/signing.ts';

/** Who signed something, in a few words; empty where nobody has asked. Not cleaned. */
export function signatureText(signature: SignatureJson | null): string {
  if (signature === null) return '';
  switch (signature.state) {
    case 'good':
      return `by ${signature.signer}${signature.key === null ? '' : ` with ${signature.key}`}`;
    case 'unsigned':
      return 'by nobody';
    case 'unknown':
      return `by somebody unknown: ${signature.problem}`;
    default:
      return `NOT RIGHT: ${signature.problem}`;
  }
}
