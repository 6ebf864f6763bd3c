import { testChangesInDamage } from './explore2.ts';
testChangesInDamage(Number(process.env['RUNS'] ?? 300));
