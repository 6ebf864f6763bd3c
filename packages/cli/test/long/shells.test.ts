import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completionScript, SHELLS } from '../../src/completion/scripts.ts';
import { shellCommand } from '../support/cairn.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

/** The completion scripts in the shells themselves, where these are installed. */

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
  const program = join(workshop.path, 'cairn');
  writeFileSync(program, `#!/bin/sh\nexec ${shellCommand('"$@"')}\n`);
  chmodSync(program, 0o755);
  for (const shell of SHELLS) writeFileSync(join(workshop.path, shell), completionScript(shell));
});

afterAll(() => workshop[Symbol.dispose]());

const isInstalled = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

function runIn(shell: string, script: string): string {
  const run = spawnSync(shell, ['-c', script], {
    cwd: workshop.registry,
    env: { ...process.env, PATH: `${workshop.path}${delimiter}${process.env.PATH}` },
  });
  if (run.status !== 0) throw new Error(`${shell} ended with ${run.status}: ${run.stderr}`);
  return run.stdout.toString();
}

const CASES = [
  { line: 'cairn verif', offered: ['verify'] },
  { line: 'cairn show st', offered: ['stockpred'] },
  { line: 'cairn show stockpred@', offered: ['v1', 'latest'] },
  { line: 'cairn cat stockpred@v1:c', offered: ['config.json'] },
  { line: 'cairn add stockpred@v2 --base ', offered: ['v1'] },
  { line: 'cairn rm --dry', offered: ['--dry-run'] },
];

describe.runIf(isInstalled('bash'))('bash', () => {
  const complete = (line: string) =>
    runIn(
      'bash',
      `source ../bash
      COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(${line}) COMP_CWORD=1
      _cairn 2>/dev/null
      printf '%s\\n' "\${COMPREPLY[@]}"`,
    );

  test.each(CASES)('$line', ({ line, offered }) => {
    expect(complete(line).trimEnd().split('\n')).toEqual(offered);
  });
});

describe.runIf(isInstalled('fish'))('fish', () => {
  const complete = (line: string) => runIn('fish', `source ../fish; complete -C '${line}'`);

  test.each(CASES)('$line', ({ line, offered }) => {
    const begun = /[^ ]*[@:]/.exec(line.split(' ').at(-1)!)?.[0] ?? '';
    const values = complete(line)
      .trimEnd()
      .split('\n')
      .map((answer) => answer.split('\t')[0]);
    expect(values.sort()).toEqual(offered.map((value) => begun + value).sort());
  });

  test('paths are offered by fish itself', () => {
    expect(complete('cairn add stockpred@v2 ../mod')).toContain('../model/');
  });
});

describe.runIf(isInstalled('zsh'))('zsh', () => {
  test('the script is accepted, and hands the completion over to compadd', () => {
    const script = `
      compdef() { : }
      source ../zsh
      compadd() { print -r -- "$@"; print -rl -- $values }
      words=(cairn show 'stockpred@') CURRENT=3
      _cairn`;
    expect(runIn('zsh', script).trimEnd().split('\n')).toEqual([
      '-S  -l -d shown -a values',
      'stockpred@v1',
      'stockpred@latest',
    ]);
  });
});
