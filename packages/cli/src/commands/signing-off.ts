import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withRegistry } from '../registry.ts';
import { SIGNING_SHAPE, signingJson } from '../shapes/signing.ts';
import { noteUncommitted } from '../signing-text.ts';

export const signingOff = defineCommand({
  name: 'signing off',
  group: 'Signatures',
  summary: 'no longer sign, nor require signatures',
  arguments: {},
  options: {},
  examples: [{ line: 'cairn signing off', does: 'goes back to signing on request' }],
  json: [{ shape: SIGNING_SHAPE }],
  async run(context) {
    await withRegistry(context, async ({ core, registry }) => {
      const rules = await core.setSigningRules(registry, { sign: false, require: false });
      const signers = await core.listSigners(registry);
      const text = () => `${registry.name} signs nothing, unless told with --sign`;
      await confirm(context, { json: signingJson(rules, signers), text });
      await noteUncommitted(context, { core, registry }, 'registry.json');
    });
    return EXIT.done;
  },
});
