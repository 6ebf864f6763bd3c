import { mutationSuites } from './mutation-suites.ts';

mutationSuites(300, 1);
