import { CairnError } from '../../../errors.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** A tracking server, and how it is spoken to. */
export interface ServerAddress {
  /** Without user, password and slash at the end; it can be shown. */
  readonly url: string;
  /** The value of the header `Authorization`; `null` for none. Never shown. */
  readonly authorization: string | null;
  /** The workspace that the server is asked about; `null` for its own default. */
  readonly workspace: string | null;
}

/**
 * Reads the address of a server. Who asks comes from the variables that MLflow itself reads: `MLFLOW_TRACKING_USERNAME`
 * and `MLFLOW_TRACKING_PASSWORD`, else `MLFLOW_TRACKING_TOKEN`; they may also stand within `MLFLOW_TRACKING_URI`.
 * Throws `invalid` for a password in an address that came as an argument, where everybody can see it.
 */
export function serverAddress(text: string, variables: Variables): ServerAddress {
  const url = parsed(text);
  const isFromVariable = text === variables.MLFLOW_TRACKING_URI;
  if (url.password !== '' && !isFromVariable) {
    throw new CairnError('invalid', `the address of ${url.host} has a password in it`, {
      hint: 'give it in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD: arguments can be seen by everybody',
    });
  }
  const named = { user: decoded(url.username) ?? '', password: decoded(url.password) ?? '' };
  return {
    url: `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`,
    authorization: authorizationFrom(variables, named),
    workspace: variables.MLFLOW_WORKSPACE || null,
  };
}

/** The error of the platform is not kept as a cause: it repeats the address, and a password that stands in it. */
function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && decoded(url.username) !== null && decoded(url.password) !== null) return url;
  throw new CairnError('invalid', 'not the address of a server', { hint: 'such as http://127.0.0.1:5000' });
}

/** `null` for what is not percent-encoded as it has to be. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function authorizationFrom(
  variables: Variables,
  named: { readonly user: string; readonly password: string },
): string | null {
  const user = variables.MLFLOW_TRACKING_USERNAME || named.user;
  const password = variables.MLFLOW_TRACKING_PASSWORD || named.password;
  if (user && password) return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return variables.MLFLOW_TRACKING_TOKEN ? `Bearer ${variables.MLFLOW_TRACKING_TOKEN}` : null;
}
