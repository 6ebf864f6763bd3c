import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { formatFields } from '../output/fields.ts';
import { print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { withRegistry } from '../registry.ts';
import { SIGNING_SHAPE, type SigningJson, signingJson } from '../shapes/signing.ts';

export const signingLs = defineCommand({
  name: 'signing ls',
  group: 'Signatures',
  summary: 'say what is signed here, and whose signatures count',
  arguments: {},
  options: {},
  examples: [{ line: 'cairn signing ls', does: 'lists the allowed signers' }],
  json: [{ shape: SIGNING_SHAPE }],
  async run(context) {
    await withRegistry(context, async ({ core, registry }) => {
      const [rules, signers] = [await core.signingRules(registry), await core.listSigners(registry)];
      const json = signingJson(rules, signers);
      await print(context, { json, text: () => signingText(context, json) });
    });
    return EXIT.done;
  },
});

async function signingText(
  { style, terminal }: Context,
  { sign, require, signers }: SigningJson,
): Promise<string> {
  const fields = formatFields(
    [
      ['signed', sign ? 'everything that is written' : 'what is asked for with --sign'],
      ['required', require ? 'yes: what no allowed signer has signed is refused' : 'no'],
    ],
    style,
  );
  if (signers.length === 0) return fields;
  const table = await formatTable(
    [
      { header: 'SIGNER', paint: style.name },
      { header: 'OPTIONS' },
      { header: 'KEY', shrinks: true, paint: style.faint },
    ],
    signers.map(({ principals, options, key }) => [principals, options, key]),
    { width: terminal.out.columns, style },
  );
  return `${fields}\n${table}`;
}
