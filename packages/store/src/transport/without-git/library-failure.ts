import { StoreError, systemCode } from '../../errors.ts';
import { redactUrl } from '../remote-url.ts';

/** What isomorphic-git threw while it talked to a remote; what came through it from here passes. */
export function libraryFailure(error: unknown, url: string): StoreError {
  if (error instanceof StoreError) return error;
  const shown = redactUrl(url);
  const data = { url: shown };
  const status = statusOf(error);
  if (status === 401 || status === 403) {
    return new StoreError('network', `${shown}: the remote did not let you in`, {
      hint: 'without Git, there is no credential helper: put a user and a token into the address, or install Git',
      data: { ...data, reason: 'unauthorised' },
    });
  }
  if (status === 404) {
    return new StoreError('network', `${shown}: there is no such repository, or you may not see it`, {
      hint: 'check the address; make an empty repository there first if it is new',
      data: { ...data, reason: 'missing' },
    });
  }
  if (status !== null || CUT_CODES.has(systemCode(error) ?? '')) {
    const message = status === null ? 'the answer was not complete' : `the host answered with ${status}`;
    return new StoreError('network', `${shown}: ${message}`, {
      hint: 'try again',
      data: { ...data, reason: status === null ? 'cut' : 'unreachable' },
    });
  }
  const reason = error instanceof Error ? error.message.replaceAll(url, shown) : String(error);
  return new StoreError('failed', `${shown}: ${reason}`, { data });
}

/** Codes of isomorphic-git for answers that it cannot read to their ends. */
const CUT_CODES: ReadonlySet<string> = new Set([
  'SmartHttpError',
  'ParseError',
  'EmptyServerResponseError',
  'InternalError',
]);

function statusOf(error: unknown): number | null {
  if (systemCode(error) !== 'HttpError') return null;
  const { data } = error as { data?: { statusCode?: number } };
  return data?.statusCode ?? null;
}
