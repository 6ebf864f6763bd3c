import type { HookLanguage } from '../packages/hooks.ts';
import { PORTS, type Served } from './template.ts';

/** What to do with the template of a package. Nothing in it was said by the package but the names of its version. */
export function packageReadme({ model, version, image }: Served, language: HookLanguage): string {
  const { http, probe } = PORTS;
  const needs = NEEDS[language];
  return `# ${model}@${version}, to be served

Written by \`cairn build\`. The files of the package are in \`package/\`, in the clear; \`server/\` calls its hooks.

\`\`\`
docker compose up --build
\`\`\`

or, with docker or podman alone:

\`\`\`
docker build -t ${image} .
docker run --rm -p 127.0.0.1:${http}:${http} -p 127.0.0.1:${probe}:${probe} ${image}
\`\`\`

Without a container, with what the hooks need installed: \`${needs.start}\`.

Ask it:

\`\`\`
curl http://127.0.0.1:${http}/predict -H 'content-type: application/json' -d '{"inputs": [1, 2, 3]}'
\`\`\`

| port | path | |
|---|---|---|
| ${http} | \`POST /predict\` | \`{"inputs": ...}\`, and \`"service"\` where there are several; gives \`{"outputs": ...}\` |
| ${http} | \`/openapi.json\`, \`/docs.json\` | the description of it |
| ${http}, ${probe} | \`/readyz\`, \`/healthz\`, \`/livez\` | whether it can be asked; whether it runs |
| ${http}, ${probe} | \`/metrics\` | counts and times, for Prometheus |

- **What the hooks need** is in \`${needs.file}\`: ${needs.said}
- \`HOST\`, \`PORT\`, \`PROBE_PORT\`, \`TIMEOUT_SECONDS\` (60), \`BODY_SIZE_MAX\` (bytes, 32 MiB) and \`WAITING_MAX\` (64) are read from the environment.
- There is no password: whoever reaches the port can use the model. The compose file opens it to this machine alone.
- Building the image installs what is named there, and starting it runs the code of the package.
`;
}

const NEEDS: Readonly<
  Record<HookLanguage, { readonly file: string; readonly start: string; readonly said: string }>
> = {
  python: {
    file: 'requirements.txt',
    start: 'python server/server.py',
    said: 'what the package says of itself, else its framework by name. Add what is missing, and pin versions.',
  },
  node: {
    file: 'package.json',
    start: 'node server/server.mjs',
    said: 'the dependencies that the package says of itself. Add what is missing.',
  },
};

/** What to do with the template of a bento. */
export function bentoReadme(
  { model, version, image }: Served,
  { isOwn, missing }: { readonly isOwn: boolean; readonly missing: readonly string[] },
): string {
  const { http, probe } = PORTS;
  const origin = isOwn
    ? "`Dockerfile` is the bento's own"
    : '`Dockerfile` was written from what `bento.yaml` says, as the bento has none of its own';
  const absent =
    missing.length === 0
      ? ''
      : `
**Models are missing.** The bento names models that the version does not hold. They have to be in \`bento/models/<name>/<version>\`, as \`bentoml export\` puts them there:

${missing.map((tag) => `- \`${tag}\``).join('\n')}
`;
  return `# ${model}@${version}, to be served by BentoML

Written by \`cairn build\`. The bento is in \`bento/\`, and ${origin}.
${absent}
\`\`\`
docker compose up --build
\`\`\`

or, with docker or podman alone:

\`\`\`
docker build -t ${image} -f Dockerfile bento
docker run --rm -p 127.0.0.1:${http}:${http} -p 127.0.0.1:${probe}:${probe} ${image}
\`\`\`

Without a container, with BentoML and what the bento needs installed, in \`bento/\`: \`bentoml serve .\`.

- Port ${http} answers for the service; its paths are described at \`/docs.json\`, and \`/readyz\`, \`/livez\`, \`/healthz\` and \`/metrics\` are there too.
- There is no password: whoever reaches the port can use the model. The compose file opens it to this machine alone.
- Building the image carries out the commands that the bento names, and starting it runs its code.
`;
}
