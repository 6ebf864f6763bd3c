import type { HookLanguage } from '../packages/hooks.ts';
import { composeFile } from './compose.ts';
import { dockerfile, jsonWords, runWords } from './dockerfile.ts';
import { packageReadme } from './readme.ts';
import { PORTS, type Served, type TemplateText } from './template.ts';

/** The texts around the server of a package's hooks, but for what its hooks need. */
export function packageTexts(served: Served, language: HookLanguage): TemplateText[] {
  return [
    { path: 'Dockerfile', text: LANGUAGES[language]() },
    { path: 'compose.yaml', text: composeFile(served, { context: '.', dockerfile: 'Dockerfile' }) },
    { path: '.dockerignore', text: IGNORED },
    { path: 'README.md', text: packageReadme(served, language) },
  ];
}

const IGNORED = `# What the image does not need.
.git
README.md
Dockerfile
compose.yaml
node_modules
**/__pycache__
`;

/** Nobody in the container but this user, who may change nothing of what runs. */
const USER = '10001';

const LANGUAGES: Readonly<Record<HookLanguage, () => string>> = {
  python: () =>
    dockerfile([
      '# The version of Python is that of most frameworks when this was written: change it to what the hooks need.',
      'FROM python:3.11-slim',
      '',
      'WORKDIR /app',
      'ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1',
      'COPY requirements.txt ./',
      runWords(['pip', 'install', '--no-cache-dir', '-r', 'requirements.txt']),
      ...serving('python', ['python', 'server/server.py']),
    ]),
  node: () =>
    dockerfile([
      'FROM node:22-slim',
      '',
      'WORKDIR /app',
      'ENV NODE_ENV=production',
      'COPY package.json ./',
      runWords(['npm', 'install', '--omit=dev', '--no-audit', '--no-fund']),
      ...serving('node', ['node', 'server/server.mjs']),
    ]),
};

function serving(language: HookLanguage, command: readonly string[]): string[] {
  const { http, probe } = PORTS;
  return [
    `COPY --chown=${USER}:${USER} server server`,
    `COPY --chown=${USER}:${USER} package package`,
    '',
    `ENV HOST=0.0.0.0 PORT=${http} PROBE_PORT=${probe} HOME=/tmp`,
    `EXPOSE ${http} ${probe}`,
    `USER ${USER}:${USER}`,
    `HEALTHCHECK --interval=10s --timeout=5s --start-period=120s CMD ${jsonWords(PROBES[language])}`,
    `CMD ${jsonWords(command)}`,
  ];
}

/** Slim images have neither curl nor wget. */
const PROBES: Readonly<Record<HookLanguage, readonly string[]>> = {
  python: [
    'python',
    '-c',
    `import urllib.request; urllib.request.urlopen('http://127.0.0.1:${PORTS.probe}/readyz', timeout=4)`,
  ],
  node: [
    'node',
    '-e',
    `fetch('http://127.0.0.1:${PORTS.probe}/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`,
  ],
};
