import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withRegistry } from '../registry.ts';
import { SIGNING_SHAPE, signingJson } from '../shapes/signing.ts';
import { noteUncommitted } from '../signing-text.ts';

export const signingRequire = defineCommand({
  name: 'signing require',
  group: 'Signatures',
  summary: 'refuse what no allowed signer has signed',
  details: [
    'Implies signing on. cairn verify and cairn pull refuse versions that are not signed by an allowed signer, and changes ' +
      'of a model after the first signed one: that vouches for what was there before.',
    'Whose SSH signatures count is in the file allowed-signers of the registry: see cairn signing trust.',
  ],
  arguments: {},
  options: {},
  examples: [{ line: 'cairn signing require', does: 'requires signatures from now on' }],
  json: [{ shape: SIGNING_SHAPE }],
  async run(context) {
    await withRegistry(context, async ({ core, registry }) => {
      const rules = await core.setSigningRules(registry, { sign: true, require: true });
      const signers = await core.listSigners(registry);
      const text = () =>
        `${registry.name} requires signatures of ${signers.length === 0 ? 'OpenPGP keys in your keyring: no SSH signer is allowed yet' : 'its allowed signers'}`;
      await confirm(context, { json: signingJson(rules, signers), text });
      await noteUncommitted(context, { core, registry }, 'registry.json');
    });
    return EXIT.done;
  },
});
