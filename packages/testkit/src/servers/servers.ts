import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { git } from '../git.ts';
import type { HttpOptions } from './http.ts';
import { type RunningServer, startServer } from './running.ts';

/** Makes an empty bare repository, as a host would; `filters` says whether clones may leave objects out. */
export function bareRepository(path: string, { filters = true } = {}): string {
  mkdirSync(path, { recursive: true });
  git(path, ['init', '--quiet', '--bare', '--initial-branch=main', '.']);
  git(path, ['config', 'uploadpack.allowFilter', String(filters)]);
  return path;
}

/** A server of repositories in a folder. */
export interface GitServer extends RunningServer {
  /** The address of a repository by its path in the folder; credentials are left out. */
  urlOf(repository: string): string;
}

export interface ServeOptions {
  /** Whether clones may leave objects out; yes when left out. */
  readonly filters?: boolean;
}

/** `git daemon`: the protocol `git://`, for reading and writing without asking who it is. */
export async function serveByDaemon(
  folder: string,
  { filters = true }: ServeOptions = {},
): Promise<GitServer> {
  return withUrls(await startServer({ kind: 'daemon', folder, filters }), 'git');
}

/** Smart HTTP through `git http-backend`, with basic authentication where a user is given. */
export async function serveByHttp(
  folder: string,
  { filters = true, ...options }: ServeOptions & Pick<HttpOptions, 'user' | 'status' | 'config'> = {},
): Promise<GitServer> {
  return withUrls(await startServer({ kind: 'http', folder, filters, ...options }), 'http');
}

/** A server by SSH, and how it is reached. */
export interface SshServer extends GitServer {
  /** For `GIT_SSH_COMMAND`: with a key that the server knows, and the server's own key as known. */
  readonly command: string;
  /** The same with a key that the server does not know. */
  readonly strangersCommand: string;
}

/** The real `sshd` with throwaway keys; null where it is not installed, so that tests can say that they skip. */
export async function serveBySsh(folder: string): Promise<SshServer | null> {
  const sshd = SSHD_PATHS.find((path) => existsSync(path));
  if (sshd === undefined) return null;
  const keys = join(folder, 'ssh');
  mkdirSync(keys, { mode: 0o700 });
  for (const name of ['host', 'user', 'stranger']) generateKey(join(keys, name));
  const configuration = join(keys, 'sshd_config');
  writeFileSync(configuration, sshdConfiguration(keys));
  // Where it keeps an empty folder for its unprivileged half; only root needs that, and can make it.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const server = await startServer({ kind: 'ssh', sshd, configuration });
  writeFileSync(join(keys, 'known_hosts'), knownHost(keys, server.port));
  return {
    ...withUrls(server, 'ssh', folder),
    command: sshCommand(keys, 'user'),
    strangersCommand: sshCommand(keys, 'stranger'),
  };
}

/** A proxy before a server that cuts connections after so many bytes; see `cutAfter` of its options. */
export function serveByProxy(
  server: RunningServer,
  cutAfter: readonly (number | null)[],
): Promise<RunningServer> {
  return startServer({ kind: 'proxy', port: server.port, cutAfter });
}

const SSHD_PATHS = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/opt/homebrew/sbin/sshd', '/sbin/sshd'];

function withUrls(server: RunningServer, scheme: string, folder = ''): GitServer {
  const user = scheme === 'ssh' ? `${userInfo().username}@` : '';
  return { ...server, urlOf: (path) => `${scheme}://${user}127.0.0.1:${server.port}${folder}/${path}` };
}

function generateKey(path: string): void {
  const run = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path]);
  if (run.status !== 0) throw new Error(`ssh-keygen: ${run.stderr}`);
}

function sshdConfiguration(keys: string): string {
  return [
    `HostKey ${join(keys, 'host')}`,
    `AuthorizedKeysFile ${join(keys, 'user.pub')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'AcceptEnv GIT_PROTOCOL',
    `SetEnv PATH=${process.env.PATH} GIT_CONFIG_NOSYSTEM=1`,
    'PidFile none',
    'LogLevel QUIET',
    '',
  ].join('\n');
}

function knownHost(keys: string, port: number): string {
  return `[127.0.0.1]:${port} ${readFileSync(join(keys, 'host.pub'), 'utf8')}`;
}

function sshCommand(keys: string, key: string): string {
  return [
    'ssh -F none -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes',
    `-i ${join(keys, key)} -o UserKnownHostsFile=${join(keys, 'known_hosts')} -o StrictHostKeyChecking=yes`,
  ].join(' ');
}
