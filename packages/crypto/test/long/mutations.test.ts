import { mutationSuites } from '../mutation-suites.ts';

mutationSuites(20_000, 2);
