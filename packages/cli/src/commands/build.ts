import { resolve } from 'node:path';
import type { BuiltTemplate, ContainerEngine, Template } from '@cairn/core';
import { suggestion } from '../arguments/suggest.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { cleanLine } from '../output/clean.ts';
import { confirm, note } from '../output/print.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { type OpenRegistry, withRegistry } from '../registry.ts';
import { UNLOCK_OPTIONS } from '../secrets/options.ts';
import { unlockFrom } from '../secrets/unlock.ts';
import { BUILT_SHAPE, builtJson } from '../shapes/templates.ts';

const TEMPLATES: readonly Template[] = ['bento', 'docker', 'node'];

export const build = defineCommand({
  name: 'build',
  group: 'Packages',
  summary: 'write a folder that builds and serves a version',
  details: [
    'A package becomes a server for its hooks, in Python (docker) or for Node (node): POST /predict as `cairn serve` has it, on port 3000; health and metrics on port 3001. A version with a bento becomes the bento with its own Dockerfile (bento). What the version holds decides.',
    'With --run, docker or podman builds the image at once, and what it says is shown. Building an image carries out what its requirements and commands say, and starting it runs the code of the version.',
    'What is sealed has to be opened for it, with its key. The folder, and an image built from it, hold it in the clear: --plaintext says that this is meant.',
  ],
  arguments: {
    reference: { placeholder: '<ref>', summary: 'a version', completes: 'model@version' },
    folder: { placeholder: '<dir>', summary: 'a new or empty folder', completes: 'folder' },
  },
  options: {
    template: { value: 'kind', summary: 'bento, docker or node; what the version holds decides if left out' },
    run: { summary: 'build the image too, with docker or podman' },
    plaintext: { summary: 'write what is sealed in the clear' },
    ...UNLOCK_OPTIONS,
  },
  examples: [
    {
      line: 'cairn build stockpred@v2 served',
      does: 'writes a folder with a server, a Dockerfile and a compose file',
    },
    { line: 'cairn build stockpred@v2 served --run', does: 'builds the image stockpred:v2 as well' },
    { line: 'cairn build secret@v1 served --plaintext --key vendor', does: 'opens a sealed package for it' },
  ],
  json: [{ shape: BUILT_SHAPE }],
  async run(context, { arguments: { reference, folder }, options }) {
    const template = templateFrom(options.template);
    const destination = resolve(context.workingFolder(), folder);
    const { signal } = context;
    await withRegistry(context, async (open) => {
      const { core, registry } = open;
      // Before anything is written, so that whoever has none is told at once.
      const engine = options.run ? await core.findContainerEngine(registry.environment, signal) : null;
      const built = await withProgress(context, async (task) => {
        const unlock = await unlockFrom(context, core, options);
        const how = { ...task, unlock, plaintext: options.plaintext, ...present({ template }) };
        return core.buildTemplate(registry, reference, destination, how);
      });
      await tellNotes(context, built, folder);
      if (engine !== null) await runBuild(context, open, { built, engine });
      await confirm(context, {
        json: builtJson(built, engine),
        text: () => told(built, folder, engine),
      });
    });
    return EXIT.done;
  },
});

function templateFrom(typed: string | undefined): Template | undefined {
  const template = TEMPLATES.find((known) => known === typed);
  if (typed === undefined || template) return template;
  throw usageError(
    `--template '${typed}' is not one of ${TEMPLATES.join(', ')}`,
    suggestion(typed, TEMPLATES),
  );
}

async function tellNotes(context: Context, { type, notes }: BuiltTemplate, folder: string): Promise<void> {
  if (type === 'packaged-encrypted') await note(context, `what is in ${folder} is sealed no longer`);
  for (const each of notes) await note(context, `warning: ${each}`);
}

interface Building {
  readonly built: BuiltTemplate;
  readonly engine: ContainerEngine;
}

async function runBuild(
  { terminal, signal }: Context,
  { core, registry }: OpenRegistry,
  { built, engine }: Building,
): Promise<void> {
  await core.buildImage(registry.environment, built, {
    engine,
    signal,
    onLine: (line) => void terminal.err.write(`${cleanLine(line)}\n`),
  });
}

function told(built: BuiltTemplate, folder: string, engine: ContainerEngine | null): string {
  const { model, version, template, image, buildArguments } = built;
  const written = `wrote ${model}@${version} into ${folder}, to be served by ${SERVERS[template]}`;
  const ports = '-p 127.0.0.1:3000:3000 -p 127.0.0.1:3001:3001';
  if (engine === null) {
    return `${written}\n  next: docker compose up --build, or docker ${buildArguments.join(' ')}, in that folder`;
  }
  return `${written}\nbuilt ${image}\n  next: ${engine} run --rm ${ports} ${image}`;
}

const SERVERS: Readonly<Record<Template, string>> = {
  bento: 'BentoML',
  docker: 'Python',
  node: 'Node',
};
