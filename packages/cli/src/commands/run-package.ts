import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { cleanJson } from '../output/clean.ts';
import { inputsFrom } from '../running/inputs.ts';
import { withLoaded } from '../running/loaded.ts';
import { PACKAGE_ARGUMENT, RUNNING_OPTIONS } from '../running/options.ts';

export const runPackage = defineCommand({
  name: 'run',
  group: 'Packages',
  summary: 'load a package, and ask it once',
  details: [
    'The inputs are one JSON value, and so are the outputs, which are all that goes to standard output: what the hooks ' +
      'print goes to standard error.',
    'Hooks are code. Those that nobody has trusted on this machine do not run: on a terminal you are asked, elsewhere ' +
      '--trust is needed. The answer is remembered for exactly these hooks.',
  ],
  arguments: { package: PACKAGE_ARGUMENT },
  options: {
    input: {
      value: 'file',
      summary: 'the inputs, as JSON; standard input for - or if left out',
      completes: 'file',
    },
    ...RUNNING_OPTIONS,
  },
  examples: [
    {
      line: "echo '[1, 2, 3]' | cairn run stockpred@v2 --trust",
      does: 'asks with inputs from another program',
    },
    { line: 'cairn run stockpred@v2 --input prices.json', does: 'asks with the inputs of a file' },
    {
      line: 'cairn run stockpred.cairn --input prices.json',
      does: 'asks a package in a file, without a registry',
    },
  ],
  async run(context, { arguments: { package: text }, options }) {
    const inputs = await inputsFrom(context, options.input);
    await withLoaded(context, { text, options }, async (loaded) => {
      const outputs = await loaded.predict(inputs, { signal: context.signal });
      const { out } = context.terminal;
      await out.write(`${cleanJson(outputs, out.isTerminal ? 2 : 0)}\n`, context.signal);
    });
    return EXIT.done;
  },
});
