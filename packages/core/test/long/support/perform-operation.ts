/** Child process of the tests: carries out one operation, and says how it ended. */
import { type Operation, perform } from './operations.ts';

const [registry, operation] = process.argv.slice(2) as [string, string];
process.stdout.write(JSON.stringify(await perform(registry, JSON.parse(operation) as Operation)));
