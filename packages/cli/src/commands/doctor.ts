import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { examineGit } from '../doctor/git.ts';
import { examineNode } from '../doctor/node.ts';
import { EXIT } from '../failure.ts';
import { cleanLine, cleanText } from '../output/clean.ts';
import { print } from '../output/print.ts';
import { environmentFor, registryPath } from '../registry.ts';
import { FINDING_SHAPE, type FindingJson, findingJson } from '../shapes/upkeep.ts';

export const doctor = defineCommand({
  name: 'doctor',
  group: 'Upkeep',
  summary: 'check Node, Git and the registry, and say what to do',
  details: [
    'The exit code is 1 when there is a problem. verify checks the contents of versions, which doctor does not.',
  ],
  arguments: {},
  options: {},
  examples: [
    { line: 'cairn doctor', does: 'checks everything around the versions' },
    { line: `cairn doctor --json | jq '.[] | select(.level == "problem")'`, does: 'lists the problems' },
  ],
  json: [{ list: true, shape: FINDING_SHAPE }],
  async run(context) {
    const findings = [
      examineNode(context.nodeVersion),
      await examineGit(context.variables, context.signal),
      ...(await examineRegistry(context)),
    ];
    await print(context, {
      json: findings,
      text: () => findings.map((finding) => findingText(context, finding)).join(''),
    });
    return findings.some(({ level }) => level === 'problem') ? EXIT.failed : EXIT.done;
  },
});

async function examineRegistry(context: Context): Promise<FindingJson[]> {
  const core = await context.loadCore();
  const path = await registryPath(context, core);
  if (path === null) {
    const hint = 'make one with cairn init, or name one with --registry';
    return [
      { level: 'note', subject: 'registry', message: 'there is none in this folder or above it', hint },
    ];
  }
  const registry = await core.openRegistry(path, await environmentFor(context, 'visitor', path));
  return (await core.examineRegistry(registry)).map(findingJson);
}

const LEVEL_WIDTH = 'problem'.length;
const MARGIN = ' '.repeat(LEVEL_WIDTH + 2);

function findingText({ style }: Context, { level, subject, message, hint }: FindingJson): string {
  const paint =
    { ok: style.good, note: style.faint, warning: style.warning, problem: style.bad }[level] ?? style.faint;
  const [first, ...more] = cleanText(message).split('\n');
  const lines = [
    `${paint(cleanLine(level).padEnd(LEVEL_WIDTH))}  ${style.heading(cleanLine(subject))}: ${first}`,
  ];
  lines.push(...more.map((line) => MARGIN + line));
  if (hint !== null)
    lines.push(`${MARGIN}${style.faint('hint:')} ${cleanText(hint).replaceAll('\n', `\n${MARGIN}`)}`);
  return `${lines.join('\n')}\n`;
}
