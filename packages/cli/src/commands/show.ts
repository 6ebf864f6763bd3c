import type { Reference, Version, VersionFile } from '@cairn/core';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { note, print } from '../output/print.ts';
import { type OpenRegistry, withRegistry } from '../registry.ts';
import { OPENING_OPTIONS, type Opening, openingFrom } from '../secrets/opening.ts';
import { MODEL_SHAPE, modelJson } from '../shapes/models.ts';
import { SIGNATURE_SHAPE } from '../shapes/signing.ts';
import {
  SEALING_SHAPE,
  VERSION_FILE_SHAPE,
  VERSION_SHAPE,
  versionFileJson,
  versionJson,
} from '../shapes/versions.ts';
import { fileText, modelText, versionText } from '../show-text.ts';

export const show = defineCommand({
  name: 'show',
  group: 'Look',
  summary: 'show a model, a version, or a file of one',
  details: [
    'What is in a sealed version is shown when one of your keys opens it; otherwise what everybody may know. With ' +
      '--open, or a key or passphrase that is named, not to open it is an error.',
  ],
  arguments: {
    reference: {
      placeholder: '<ref>',
      summary: 'model, model@version, model@latest or model@version:path',
      completes: 'model@version:path',
    },
  },
  options: OPENING_OPTIONS,
  examples: [
    { line: 'cairn show stockpred', does: 'shows the model with its card' },
    { line: 'cairn show stockpred@latest', does: 'shows the newest version with its files' },
    { line: "cairn show stockpred@v2 --json | jq '.metrics'", does: 'gives the metrics of a version' },
  ],
  json: [
    { when: 'for a model', shape: MODEL_SHAPE },
    { when: 'for a version', shape: VERSION_SHAPE },
    { when: 'for a file', shape: VERSION_FILE_SHAPE },
    { when: 'as the field `sealing` of a version', shape: SEALING_SHAPE },
    { when: 'as the field `signature` of a version', shape: SIGNATURE_SHAPE },
  ],
  async run(context, { arguments: { reference }, options }) {
    await withRegistry(context, async (open) =>
      showReference(context, open, {
        text: reference,
        opening: () => openingFrom(context, open.core, options),
      }),
    );
    return EXIT.done;
  },
});

interface Shown {
  readonly text: string;
  readonly opening: () => Promise<Opening>;
}

async function showReference(context: Context, open: OpenRegistry, { text, opening }: Shown): Promise<void> {
  const { core, registry } = open;
  const reference = core.parseReference(text);
  const { model, version: versionName, path } = reference;
  if (versionName === undefined) {
    const found = await core.showModel(registry, model);
    return print(context, { json: modelJson(found), text: () => modelText(context, found) });
  }
  const version = await openedIfPossible(context, open, {
    reference: { model, version: versionName },
    opening: await opening(),
  });
  if (path === undefined) {
    return print(context, { json: versionJson(version), text: () => versionText(context, version) });
  }
  const { file, isSealed } = findFile(version, path);
  return print(context, { json: versionFileJson(file), text: () => fileText(context, file, isSealed) });
}

/** A version that stays closed is shown as it is, unless the user wants it opened. */
async function openedIfPossible(
  context: Context,
  { core, registry }: OpenRegistry,
  { reference, opening: { unlock, isWanted } }: { reference: Reference; opening: Opening },
): Promise<Version> {
  try {
    return await core.showVersion(registry, reference, { unlock, presence: true, signature: true });
  } catch (error) {
    if (isWanted || !(error instanceof core.CairnError)) throw error;
    const isNotHere = error.code === 'not-found' && error.data.promised === true;
    if (!isNotHere && !KEY_CODES.has(error.code)) throw error;
    if (error.code !== 'wrong-key') await note(context, error.message);
    return core.showVersion(registry, reference, { presence: true, signature: true });
  }
}

/** What is wrong with a key, or with where keys are kept. */
const KEY_CODES: ReadonlySet<string> = new Set(['wrong-key', 'refused', 'denied']);

/** Among what is in a sealed version first, then among what is stored. */
function findFile(version: Version, path: string): { file: VersionFile; isSealed: boolean } {
  const inside = version.sealing?.contents?.files.find((each) => each.path === path);
  if (inside) return { file: inside, isSealed: true };
  const stored = version.files.find((each) => each.path === path);
  if (stored) return { file: stored, isSealed: false };
  const name = `${version.model}@${version.version}`;
  if (version.sealing && !version.sealing.contents) {
    throw new CommandError('refused', `${name} is sealed, and what is in it is not known without its key`, {
      hint: '--open asks for its passphrase; or name a key with --key or --key-file',
    });
  }
  throw new CommandError('not-found', `${name} has no file ${path}`, {
    hint: `cairn show ${name} lists the files`,
  });
}
