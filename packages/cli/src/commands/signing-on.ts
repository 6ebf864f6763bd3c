import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withRegistry } from '../registry.ts';
import { SIGNING_SHAPE, signingJson } from '../shapes/signing.ts';
import { noteUncommitted } from '../signing-text.ts';

export const signingOn = defineCommand({
  name: 'signing on',
  group: 'Signatures',
  summary: 'sign everything that is written in this registry',
  details: [
    'With your SSH or GPG key, as your Git configuration says: gpg.format, user.signingKey, gpg.ssh.program, gpg.program.',
    'Signed are the tags of versions, and the commits of main that move aliases and change what is said.',
  ],
  arguments: {},
  options: {},
  examples: [{ line: 'cairn signing on', does: 'signs from now on, for whoever writes' }],
  json: [{ shape: SIGNING_SHAPE }],
  async run(context) {
    await withRegistry(context, async ({ core, registry }) => {
      const rules = await core.setSigningRules(registry, { sign: true });
      const signers = await core.listSigners(registry);
      const text = () => `${registry.name} signs what is written`;
      await confirm(context, { json: signingJson(rules, signers), text });
      await noteUncommitted(context, { core, registry }, 'registry.json');
    });
    return EXIT.done;
  },
});
