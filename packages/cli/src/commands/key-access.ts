import type { DomainAccess } from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import { keyringOf } from '../config-folder.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { cleanLine } from '../output/clean.ts';
import { note, print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { withRegistry } from '../registry.ts';
import { ACCESS_SLOT_SHAPE, DOMAIN_ACCESS_SHAPE, domainAccessJson } from '../shapes/keys.ts';

export const keyAccess = defineCommand({
  name: 'key access',
  group: 'Keys',
  summary: 'show what opens the sealed versions of a model',
  details: [
    'Each slot is for one key or passphrase. Which key it is for can be seen of keys of your own alone. Versions of a ' +
      'model share a key domain until cairn key rotate begins another.',
  ],
  arguments: { model: { placeholder: '<model>', summary: 'the model', completes: 'model' } },
  options: {},
  examples: [{ line: 'cairn key access stockpred', does: 'lists the slots, and your keys that open them' }],
  json: [
    { list: true, shape: DOMAIN_ACCESS_SHAPE },
    { when: 'in its slots', list: true, shape: ACCESS_SLOT_SHAPE },
  ],
  async run(context, { arguments: { model } }) {
    await withRegistry(context, async ({ core, registry }) => {
      const domains = await core.listAccess(registry, model, { keyring: keyringOf(context) });
      await print(context, {
        json: domains.map(domainAccessJson),
        text: async () =>
          (await Promise.all(domains.map((domain) => domainText(context, domain)))).join('\n'),
      });
      if (domains.length === 0) await note(context, `nothing of ${cleanLine(model)} is sealed`);
    });
    return EXIT.done;
  },
});

/** Versions named in a heading; the number tells the rest. */
const NAMED_MAX = 5;

async function domainText({ style, terminal }: Context, domain: DomainAccess): Promise<string> {
  const { cid, current, versions, slots } = domain;
  const named = versions.slice(0, NAMED_MAX).join(', ') + (versions.length > NAMED_MAX ? ', …' : '');
  const sealed =
    versions.length === 0 ? 'no versions' : `${formatCount(versions.length, 'version')}: ${named}`;
  const state = current ? `  ${style.good('(for new versions)')}` : '';
  const table = await formatTable(
    [
      { header: 'SLOT', align: 'right' },
      { header: 'OPENS WITH' },
      { header: 'YOUR KEY', paint: style.name, shrinks: true },
    ],
    slots.map(({ slot, kind, logN, keys }) => [
      String(slot),
      logN === null ? kind : `${kind}, ${formatSize(2 ** logN * 1024)} a guess`,
      keys.join(', '),
    ]),
    { width: terminal.out.columns, style },
  );
  return `${style.heading(`key domain ${cid.slice(0, 8)}`)}${state}\n${cleanLine(sealed)}\n${table}`;
}
