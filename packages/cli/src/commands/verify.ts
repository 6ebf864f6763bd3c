import type { VerifyOptions } from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { cleanLine } from '../output/clean.ts';
import { note, print } from '../output/print.ts';
import { withProgress } from '../progress/task.ts';
import { type OpenRegistry, withRegistry } from '../registry.ts';
import { OPENING_OPTIONS, openingFrom } from '../secrets/opening.ts';
import { VERIFICATION_SHAPE, type VerificationJson, verificationJson } from '../shapes/upkeep.ts';
import { signatureText } from '../signature-text.ts';

export const verify = defineCommand({
  name: 'verify',
  group: 'Upkeep',
  summary: 'check that every file is what was added',
  details: [
    'Reads every byte and compares its SHA-256. The exit code is 4 when something is wrong.',
    'Signatures are checked against the allowed signers of the registry, OpenPGP ones against your keyring. One that is ' +
      'not right is an error; none, or that of a stranger, is one where the registry requires signatures.',
    'A sealed version is opened with a key of yours, and checked to its last byte; without one, what is stored is ' +
      'checked. With --open, or a key or passphrase that is named, not to open a version that is named is an error.',
  ],
  arguments: {
    reference: {
      placeholder: '<ref>',
      summary: 'a version, or a model for all its versions',
      optional: true,
      completes: 'model@version',
    },
  },
  options: { all: { summary: 'check the whole registry' }, ...OPENING_OPTIONS },
  examples: [
    { line: 'cairn verify stockpred@v2', does: 'checks one version' },
    { line: 'cairn verify stockpred', does: 'checks all versions of a model' },
    { line: 'cairn verify --all', does: 'checks everything' },
  ],
  json: [{ list: true, shape: VERIFICATION_SHAPE }],
  async run(context, { arguments: { reference }, options }) {
    if ((reference === undefined) !== options.all) {
      throw usageError('verify needs either a reference or --all', 'such as cairn verify stockpred');
    }
    return withRegistry(context, async (open) => {
      const { unlock, isWanted: mustOpen } = await openingFrom(context, open.core, options);
      const found = await withProgress(context, (task) =>
        verifyReference(open, reference, { ...task, unlock, mustOpen }),
      );
      const verifications = found.map(verificationJson);
      const text = () => verifications.map((each) => verificationText(context, each)).join('');
      await print(context, { json: verifications, text });
      if (verifications.length === 0) await note(context, 'there are no versions to check');
      return verifications.every((each) => each.ok) ? EXIT.done : EXIT.refused;
    });
  },
});

async function verifyReference(
  { core, registry }: OpenRegistry,
  text: string | undefined,
  how: VerifyOptions,
) {
  if (text === undefined) return core.verifyRegistry(registry, how);
  const { model, version, path } = core.parseReference(text);
  if (path !== undefined) throw usageError(`'${text}' is a file; what is checked is its whole version`);
  if (version === undefined) return core.verifyModel(registry, model, how);
  return [await core.verifyVersion(registry, { model, version }, how)];
}

function verificationText({ style }: Context, found: VerificationJson): string {
  const name = cleanLine(found.version === null ? found.model : `${found.model}@${found.version}`);
  if (found.ok) {
    const closed = found.opened === false ? ', sealed: not opened' : '';
    const signed = signatureText(found.signature);
    const who = signed === '' ? '' : `, signed: ${signed}`;
    const size = `${formatCount(found.files, 'file')}, ${formatSize(found.bytes)}${closed}${who}`;
    return `${style.good('ok')}   ${name}  ${cleanLine(size)}\n`;
  }
  const problems = found.problems.map(({ path, message }) =>
    path === null ? message : `${path}: ${message}`,
  );
  return `${style.bad('bad')}  ${name}\n${problems.map((line) => `     ${cleanLine(line)}\n`).join('')}`;
}
